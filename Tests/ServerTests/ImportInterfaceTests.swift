import Cipher
import Desk
import Foundation
import Ground
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Storage
import Testing

@testable import gewu

@Suite("Work orders of another system come in through the interface")
struct ImportInterfaceTests {
    private struct Result: Decodable {
        struct Problem: Decodable {
            var row: Int
            var detail: String
        }

        var rows: Int
        var created: Int
        var unchanged: Int
        var rejected: Int
        var problems: [Problem]
    }

    private static let table = """
        工单编号,工单类型,问题分类,标签,标题,主要内容,工单状态,来电人,电话/账号,被反映区,被反映街乡镇,办理结果,回复内容,受理方式,办结时间,企业名称,是否解决,是否满意,工单性质,村/社区,小区点位
        B1,投诉,,,路灯不亮,三号楼前路灯不亮,已办结,,,,,已处理,已换灯泡,电话,2026-09-01 10:00:00,,是,满意,主办,,
        ,投诉,,,没有编号,这一行缺少编号,已办结,,,,,已处理,已处理,电话,2026-09-01 10:00:00,,是,满意,主办,,
        """

    @Test(
        "Good rows are taken and bad ones told; a repeat with the same key gets the first answer, a new one changes nothing"
    )
    func takenOnce() async throws {
        try await Street.with { street in
            let officer = try await street.token("county")
            let content = Array(Self.table.utf8).base64URL
            let first = try await street.call("/api/v1/cases/imports", #"{"orders":"\#(content)"}"#, officer, key: "k1")
            #expect(first.status == .ok)
            let result = try JSONDecoder().decode(Result.self, from: Data(first.text.utf8))
            #expect(result.rows == 2 && result.created == 1 && result.rejected == 1)
            #expect(result.problems.map(\.row) == [3])
            let again = try await street.call("/api/v1/cases/imports", #"{"orders":"\#(content)"}"#, officer, key: "k1")
            #expect(again.text == first.text)
            let other = try await street.call("/api/v1/cases/imports", #"{"orders":"AAAA"}"#, officer, key: "k1")
            #expect(other.status == .unprocessableContent)
            let second = try await street.call(
                "/api/v1/cases/imports", #"{"orders":"\#(content)"}"#, officer, key: "k2")
            let repeated = try JSONDecoder().decode(Result.self, from: Data(second.text.utf8))
            #expect(repeated.created == 0 && repeated.unchanged == 1)
            #expect(try await street.rows("SELECT id FROM cases").count == 1)
        }
    }

    @Test("What is no table is refused in a sentence, and the right to import is asked for")
    func refused() async throws {
        try await Street.with { street in
            let officer = try await street.token("county")
            let verifier = try await street.token("verifier")
            for orders in ["", "***", Array("<html>".utf8).base64URL] {
                let answer = try await street.call("/api/v1/cases/imports", #"{"orders":"\#(orders)"}"#, officer)
                #expect(answer.status.code >= 400 && answer.status.code < 500)
                #expect(answer.type == "application/problem+json")
            }
            let forbidden = try await street.call("/api/v1/cases/imports", #"{"orders":"AAAA"}"#, verifier)
            #expect(forbidden.status == .forbidden)
        }
    }

    @Test("A mapping file that is wrong is a 422 that says which line, and not where the file lay meanwhile")
    func wrongMapping() async throws {
        try await Street.with { street in
            let officer = try await street.token("county")
            let content = Array(Self.table.utf8).base64URL
            for mapping in ["{", "name: x", "name: x\nzh: x\nen: x\nsource: x\ncolumns: {工单编号: nothing}", ""] {
                let escaped = mapping.replacingOccurrences(of: "\n", with: "\\n")
                let answer = try await street.call(
                    "/api/v1/cases/imports", #"{"orders":"\#(content)","mapping":"\#(escaped)"}"#, officer)
                #expect(answer.status == .unprocessableContent, "\(mapping): \(answer.text)")
                #expect(answer.text.contains("cases.import.mapping"))
                #expect(answer.text.contains("mapping.yaml"))
                #expect(!answer.text.contains("gewu-import-"))
            }
        }
    }
}
