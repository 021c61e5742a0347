import Ground
import Storage
import Testing

@Suite("Connection strings")
struct LocationTests {
    @Test(
        "What is no connection string is refused with a reason",
        arguments: [
            ("", "unknown"), ("gewu.sqlite", "unknown"), ("mysql://host/db", "unknown"), ("sqlite:", "no-file"),
            ("sqlite::memory:", "memory"), ("sqlite:file:x?mode=memory", "memory"), ("sqlite:///x", "slashes"),
            ("postgres://user:sec%ZZret@host/db", "postgres-form"),
            ("postgres://host/db?nonsense=1", "postgres-form"),
        ])
    func refused(text: String, code: String) {
        do {
            _ = try DatabaseLocation(text)
            Issue.record("accepted: \(text)")
        } catch {
            #expect(error.code == "storage.location.\(code)")
            #expect(!error.description.contains("secret") && !error.description.contains("ret@"))
        }
    }

    @Test("Files and servers are told apart")
    func accepted() throws {
        #expect(try DatabaseLocation("sqlite:/var/gewu/data.sqlite").engine == .sqlite)
        #expect(try DatabaseLocation("sqlite:data.sqlite").engine == .sqlite)
        #expect(try DatabaseLocation("postgres://a:b@host:5432/db").engine == .postgres)
        #expect(try DatabaseLocation("postgresql:///db?host=/run/postgresql").engine == .postgres)
    }

    @Test(
        "A password is never printed",
        arguments: [
            "postgres://user:geheim@host:5432/db", "postgresql://user:ge@geheim@host/db?sslmode=require",
            "postgres://host/db?user=a&password=geheim", "postgres:///db?host=/run/pg&sslpassword=geheim",
        ])
    func password(text: String) throws {
        let location = try DatabaseLocation(text)
        var dumped = ""
        dump(location, to: &dumped)
        for printed in ["\(location)", String(reflecting: location), dumped, "\([location])"] {
            #expect(!printed.contains("geheim"), "\(printed)")
        }
        #expect(location.description.contains("/db"))
        #expect(location.connectionString == text)
    }

    @Test("A server that is not there is named as such, without the password")
    func unreachable() throws {
        let location = try DatabaseLocation("postgres://user:geheim@/db?host=/nowhere-at-all")
        do {
            _ = try openDatabase(location)
            Issue.record("connected to nothing")
        } catch let error as DatabaseError {
            #expect(error.code == .connection)
            #expect(!error.description.contains("geheim"))
        }
    }
}
