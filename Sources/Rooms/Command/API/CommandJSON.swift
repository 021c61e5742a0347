import Cases
import Desk
import Emergencies
import Ground

/// The wall as programs see it.
enum CommandJSON {
    private static var pressures: Schema {
        .named(
            "Pressures",
            .object(
                OpenPressure.allCases.map { .init($0.rawValue, .integer(minimum: 0)) } + [
                    .init("total", .integer(minimum: 0))
                ]))
    }

    static var schema: Schema {
        .named(
            "WallFigures",
            .object([
                .init("area", .text), .init("areaName", .text),
                .init(
                    "kinds", .array(.object([.init("kind", .text), .init("open", pressures)])),
                    "residents' matters are the kind `matter`"),
                .init("sensed", pressures, "those of the matters that a sensor raised"),
                .init(
                    "areas", .array(.object([.init("area", .text), .init("name", .text), .init("open", pressures)])),
                    "matters by the area right below; what is placed no further down stands under the area itself"),
                .init(
                    "emergencies",
                    .nullable(
                        .object([
                            .init("running", .integer(minimum: 0)), .init("exercises", .integer(minimum: 0)),
                            .init("unacknowledged", .integer(minimum: 0)), .init("late", .integer(minimum: 0)),
                            .init("differences", .integer(minimum: 0)),
                            .init(
                                "ringing",
                                .object(AlarmKind.allCases.map { .init($0.rawValue, .integer(minimum: 0)) }),
                                "what else rings until somebody acts, each thing once"),
                        ])), "null without the right to see them"),
                .init(
                    "onShift",
                    .array(.object([.init("duty", .text), .init("count", .integer(minimum: 0))]))),
            ]))
    }

    static func figures(_ figures: WallFigures, _ command: UnifiedCommand) -> [UInt8] {
        JSONWriter.object { writer in
            writer.member("area", figures.area.code)
            writer.member("areaName", command.areaName(figures.area))
            writer.key("kinds")
            writer.array(figures.open.kinds.sorted { $0.key < $1.key }) { writer, kind in
                writer.object { writer in
                    writer.member("kind", kind.key)
                    write("open", kind.value, to: &writer)
                }
            }
            write("sensed", figures.open.sensed, to: &writer)
            writer.key("areas")
            writer.array(figures.open.areas.sorted { $0.key.code < $1.key.code }) { writer, area in
                writer.object { writer in
                    writer.member("area", area.key.code)
                    writer.member("name", command.areaName(area.key))
                    write("open", area.value, to: &writer)
                }
            }
            writer.key("emergencies")
            if let emergencies = figures.emergencies {
                writer.object { writer in
                    writer.member("running", emergencies.running)
                    writer.member("exercises", emergencies.exercises)
                    writer.member("unacknowledged", emergencies.unacknowledged)
                    writer.member("late", emergencies.late)
                    writer.member("differences", emergencies.differences)
                    writer.key("ringing")
                    writer.object { writer in
                        for kind in AlarmKind.allCases {
                            writer.key(escaping: kind.rawValue)
                            writer.value(emergencies.ringing[kind] ?? 0)
                        }
                    }
                }
            } else {
                writer.null()
            }
            writer.key("onShift")
            writer.array(figures.onShift.sorted { $0.key < $1.key }) { writer, duty in
                writer.object { writer in
                    writer.member("duty", duty.key)
                    writer.member("count", duty.value)
                }
            }
        }
    }

    private static func write(_ key: StaticString, _ count: OpenCount, to writer: inout JSONWriter) {
        writer.key(key)
        writer.object { writer in
            for pressure in OpenPressure.allCases {
                writer.key(escaping: pressure.rawValue)
                writer.value(count[pressure])
            }
            writer.member("total", count.total)
        }
    }

    static var unit: Schema {
        .named(
            "CapableUnit",
            .object([
                .init("body", .identifier), .init("name", .text), .init("line", .nullable(.text)),
                .init("power", .string(values: ["line", "area"])), .init("area", .text),
                .init("phone", .nullable(.text)), .init("onShift", .array(.text)),
                .init("metres", .nullable(.integer(minimum: 0)), "as the crow flies, between kept centres of areas"),
            ]))
    }

    static func write(_ unit: CapableUnit, _ language: Language, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("body", unit.body)
            writer.member("name", unit.name(language))
            writer.member("line", unit.line)
            writer.member("power", unit.power == .line ? "line" : "area")
            writer.member("area", unit.area.code)
            writer.member("phone", unit.phone)
            writer.key("onShift")
            writer.array(unit.onShift) { $0.value($1(language)) }
            writer.key("metres")
            if let metres = unit.metres { writer.value(Int64(metres.rounded())) } else { writer.null() }
        }
    }
}
