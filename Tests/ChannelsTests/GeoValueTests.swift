import Testing

@testable import Channels

@Suite("Answers of GeoReport") struct GeoValueTests {
    private let value = GeoValue.list(
        item: "request",
        [
            .object([
                .init("service_request_id", .text("2603020000000001")), .init("lat", .number(30.25)),
                .init("description", .text("a < b & \u{1}“c”")), .init("zipcode", .none),
                .init("metadata", .flag(true)),
            ])
        ])

    @Test("One tree is written as XML with its names, what XML cannot hold replaced")
    func xml() {
        #expect(
            String(decoding: value.xml(root: "service_requests"), as: UTF8.self) == """
                <?xml version="1.0" encoding="utf-8"?>
                <service_requests><request><service_request_id>2603020000000001</service_request_id><lat>30.25</lat>\
                <description>a &lt; b &amp; \u{FFFD}“c”</description><zipcode/><metadata>true</metadata></request></service_requests>
                """)
    }

    @Test("The same tree is written as JSON, lists without their names")
    func json() {
        #expect(
            String(decoding: value.json(), as: UTF8.self) == """
                [{"service_request_id":"2603020000000001","lat":30.25,"description":"a < b & \\u0001“c”","zipcode":null,"metadata":true}]
                """)
    }

    @Test("The ending of the path says the form of the answer, else the header does, else it is XML")
    func formats() {
        #expect(GeoFormat.split("requests.json", accept: nil) == ("requests", .json))
        #expect(GeoFormat.split("requests.xml", accept: "application/json") == ("requests", .xml))
        #expect(GeoFormat.split("requests", accept: "application/json") == ("requests", .json))
        #expect(GeoFormat.split("requests", accept: nil) == ("requests", .xml))
    }
}
