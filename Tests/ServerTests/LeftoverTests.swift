import Foundation
import Ground
import HTTPTypes
import Storage
import Testing

@testable import gewu

@Suite("What residents and programs are told clearly", .serialized)
struct LeftoverTests {
    @Test("A phone number in the address of the list is refused, with the way that keeps it out of logs")
    func phoneInAddress() async throws {
        try await Street.with { street in
            let session = try await street.staff("dispatcher")
            let page = try await street.get("/cases?phone=\(Street.phone)", as: session)
            #expect(page.status == .unprocessableContent)
            #expect(page.text.contains("用途"))
        }
    }

    @Test("The page's search by phone needs a purpose, and the ledger keeps it")
    func purpose() async throws {
        try await Street.with { street in
            let id = try await street.report("路灯不亮", as: try await street.resident(Street.phone))
            let session = try await street.staff("dispatcher")
            let without = try await street.send("/cases/phone", ["phone": Street.phone], as: session)
            #expect(without.status == .unprocessableContent)
            let found = try await street.send(
                "/cases/phone", ["phone": Street.phone, "purpose": "回访"], as: session)
            #expect(found.status == .seeOther)
            let address = try #require(found.location)
            #expect(!address.contains(Street.phone))
            #expect(try await street.get(address, as: session).text.contains(id.text))
            let rows = try await street.rows(
                "SELECT purpose FROM ledger_entries WHERE act = 'cases.search-phone'")
            #expect(try rows.map { try $0.text(0) } == ["回访"])
        }
    }

    @Test("A resident urges from the page, so often a day, and is told so")
    func urge() async throws {
        try await Street.with { street in
            let resident = try await street.resident(Street.phone)
            let id = try await street.report("路灯不亮", as: resident)
            #expect(try await street.get("/mine/\(id)", as: resident).text.contains("/mine/\(id)/urge"))
            for _ in 0..<3 {
                #expect(try await street.send("/mine/\(id)/urge", [:], as: resident).status == .seeOther)
            }
            let fourth = try await street.send("/mine/\(id)/urge", [:], as: resident)
            #expect(fourth.status == .unprocessableContent)
            #expect(fourth.text.contains("明天"))
        }
    }

    @Test("A resident's form asks for words and the phone's own place, never for degrees")
    func ownPlace() async throws {
        try await Street.with { street in
            let form = try await street.get("/report?anonymous=yes")
            #expect(form.text.contains("type=\"hidden\" name=\"latitude\""))
            #expect(form.text.contains("data-locate"))
            #expect(!form.text.contains("纬度"))
        }
    }
}
