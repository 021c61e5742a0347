import Desk
import Ground
import Storage
import Web

/// The people of a body as its page and the interface show them, the bodies of their other posts with their names.
struct BodyPeopleList: Sendable {
    var people: [BodyPerson]
    var bodies: [BodyID: BodyRecord]

    init(of body: BodyID, _ places: Places, in transaction: any Transaction) throws {
        people = try places.people?.people(of: body, in: transaction) ?? []
        let others = Set(people.flatMap { $0.elsewhere.map(\.body) }).sorted { $0.text < $1.text }
        bodies = [:]
        for record in try BodyStore.bodies(others, in: transaction) { bodies[record.id] = record }
    }

    private func name(_ body: BodyID, _ visit: Visit) -> String {
        bodies[body]?.name(visit.language) ?? visit("已不存在的机构", "A body that is no more")
    }

    func html(_ visit: Visit) -> HTML {
        Listing(
            caption: visit("在岗人员", "People in post"),
            columns: [
                .text("姓名", "Name") { person, _ in person.name },
                .text("岗位", "Posts") { person, visit in person.titles.map { visit($0) }.joined(separator: "、") },
                .text(
                    "同时任职", "Also",
                    html: { person, visit in
                        person.elsewhere.map { post -> HTML in
                            "<a href=\"/places/bodies/\(post.body)\">\(name(post.body, visit))</a> \(visit(post.title))"
                        }.joined(separator: "<br>")
                    }
                ) { person, visit in
                    person.elsewhere.map { "\(name($0.body, visit)) \(visit($0.title))" }.joined(separator: "；")
                },
            ], items: people,
            whenEmpty:
                "<p>\(visit("目前没有人在岗；岗位在“人员”页登记。", "Nobody is in post; posts are given on the page of staff."))</p>"
        ).html(visit)
    }

    static let schema = Schema.array(
        .object([
            .init("name", .text), .init("titles", .array(.text)),
            .init(
                "elsewhere", .array(.object([.init("body", .identifier), .init("name", .text), .init("title", .text)]))),
        ]))

    func write(to writer: inout JSONWriter, _ visit: Visit) {
        writer.array(people) { writer, person in
            writer.object { writer in
                writer.member("name", person.name)
                writer.key("titles")
                writer.array(person.titles) { $0.value(visit($1)) }
                writer.key("elsewhere")
                writer.array(person.elsewhere) { writer, post in
                    writer.object { writer in
                        writer.member("body", post.body.text)
                        writer.member("name", name(post.body, visit))
                        writer.member("title", visit(post.title))
                    }
                }
            }
        }
    }
}
