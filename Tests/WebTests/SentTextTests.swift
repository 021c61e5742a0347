import Foundation
import Ground
import Hummingbird
import Testing
import Web

@Suite("What someone sends is text or is refused")
struct SentTextTests {
    private func refusal(_ body: () throws(Refusal) -> Void) -> Refusal? {
        do throws(Refusal) { try body() } catch { return error }
        return nil
    }

    @Test(
        "A query or form with U+0000 or bytes that are no UTF-8 is refused, naming the field in both languages",
        arguments: [
            ("a=1&q=%00", "q", "web.nul-character"), ("a=1&q=x%00y", "q", "web.nul-character"),
            ("q=%ff", "q", "web.no-utf8"), ("q=%ED%A0%80", "q", "web.no-utf8"), ("n%00=1", "n", "web.nul-character"),
        ])
    func fields(text: String, field: String, code: String) {
        let refusal = refusal { () throws(Refusal) in _ = try QueryParameters(readingSent: text.utf8) }
        #expect(refusal?.kind == .malformed)
        #expect(refusal?.code == code)
        #expect(refusal?.field == field)
        #expect(refusal?.message.chinese.contains("“\(field)”") == true)
        #expect(refusal?.message.english.contains("“\(field)”") == true)
        #expect(refusal?.wayOn != nil)
    }

    @Test("A raw byte that is no UTF-8 in a form is refused too, and text in any language is taken")
    func rawBytes() throws {
        let refusal = refusal { () throws(Refusal) in _ = try QueryParameters(readingSent: Array("q=".utf8) + [0xC4]) }
        #expect(refusal?.field == "q")
        let taken = try QueryParameters(readingSent: "a=%E4%B8%AD+%F0%9F%98%80&a=2&b".utf8)
        #expect(taken.all("a") == ["中 😀", "2"])
        #expect(taken["b"] == "")
    }

    private struct Body: Decodable {
        struct Inner: Decodable { var name: String }
        var title: String?
        var people: [Inner]?
    }

    @Test(
        "U+0000 anywhere in JSON is refused with its place",
        arguments: [
            (#"{"title":"a\u0000b"}"#, "title"), (#"{"people":[{"name":"a"},{"name":"\u0000"}]}"#, "people.1.name"),
            (#"{"other":{"deep":["\u0000"]}}"#, "other.deep.0"), (#"{"na\u0000me":1}"#, "name"),
        ])
    func json(text: String, field: String) {
        let refusal = refusal { () throws(Refusal) in _ = try Request.decode(Body.self, from: Array(text.utf8)) }
        #expect(refusal?.code == "web.nul-character")
        #expect(refusal?.field == field)
    }

    @Test("An escaped backslash before u0000 is only text, and JSON in another encoding is refused")
    func jsonTaken() throws {
        let body = try Request.decode(Body.self, from: Array(#"{"title":"C:\\u0000"}"#.utf8))
        #expect(body.title == #"C:\u0000"#)
        let wide = Array(#"{"title":"a"}"#.utf8).flatMap { [$0, UInt8(0)] }
        #expect(refusal { () throws(Refusal) in _ = try Request.decode(Body.self, from: wide) }?.code == "web.no-utf8")
        let latin = Array(#"{"title":""#.utf8) + [0xE4] + Array(#""}"#.utf8)
        #expect(refusal { () throws(Refusal) in _ = try Request.decode(Body.self, from: latin) }?.code == "web.no-utf8")
    }

    @Test("A part of a form with files is text, or is refused with its name")
    func multipart() throws {
        func form(_ value: [UInt8]) -> [UInt8] {
            Array("--b\r\nContent-Disposition: form-data; name=\"detail\"\r\n\r\n".utf8) + value
                + Array("\r\n--b--\r\n".utf8)
        }
        let type = "multipart/form-data; boundary=b"
        #expect(try Multipart(form(Array("路灯".utf8)), contentType: type).fields["detail"] == "路灯")
        for value: [UInt8] in [[0x61, 0], [0xFF]] {
            let refusal = refusal { () throws(Refusal) in _ = try Multipart(form(value), contentType: type) }
            #expect(refusal?.field == "detail")
        }
    }

    private enum Order: String, CaseIterable { case newest, due }

    @Test("A part of an address that takes certain values names them when it gets another")
    func choices() throws {
        let query = QueryParameters([("order", "due"), ("overdue", "true"), ("limit", "7"), ("by", "")])
        #expect(try query.choice("order", as: Order.self) == .due)
        #expect(try query.flag("overdue") == true)
        #expect(try query.number("limit", in: 1...200) == 7)
        #expect(try query.choice("by", among: ["area"]) == nil)
        let wrong = QueryParameters([("order", "oldest"), ("overdue", "yes"), ("limit", "201")])
        let order = refusal { () throws(Refusal) in _ = try wrong.choice("order", as: Order.self) }
        #expect(order?.kind == .ruleBroken && order?.field == "order")
        #expect(order?.message.english.contains("newest, due") == true)
        #expect(order?.message.chinese.contains("newest、due") == true)
        let overdue = refusal { () throws(Refusal) in _ = try wrong.flag("overdue") }
        #expect(overdue?.message.english.contains("true, false") == true)
        let limit = refusal { () throws(Refusal) in _ = try wrong.number("limit", in: 1...200) }
        #expect(limit?.message.english.contains("from 1 to 200") == true)
    }

    @Test(
        "What cannot be seen is no text",
        arguments: [
            "", "  ", "\u{3000}", "\u{200B}", "\u{2060}\u{FEFF} ", "\u{3164}", "\u{2800}", "\u{200D}\u{FE0F}", "\u{0}",
        ])
    func blank(text: String) {
        #expect(text.isBlank)
        #expect(QueryParameters([("detail", text)]).filled("detail") == nil)
    }

    @Test("What can be seen is, even one full stop", arguments: ["a", "。", "\u{200B}路", "👩‍🔧"])
    func seen(text: String) { #expect(!text.isBlank) }
}
