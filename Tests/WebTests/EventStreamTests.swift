import Ground
import Testing

@testable import Web

@Suite("Streams of events")
struct EventStreamTests {
    @Test("An event is written so that no text can begin another one")
    func writesEvents() {
        #expect(
            ServerEvent(id: "a-1", name: "wall", data: "{}").text == "id: a-1\nevent: wall\ndata: {}\n\n")
        #expect(ServerEvent(data: "one\ntwo\r\nthree").text == "data: one\ndata: two\ndata: three\n\n")
        #expect(
            ServerEvent(id: "1\nevent: evil", name: "x\ny", data: "").text == "id: 1event: evil\nevent: xy\ndata: \n\n")
    }

    @Test("Who is slow gets only the newest state")
    func slowListener() async throws {
        let broadcast = Broadcast<Int>(limit: StreamLimit(most: 5))
        var listener = try broadcast.listen().makeAsyncIterator()
        for state in 1...1000 { broadcast.tell(state) }
        #expect(await listener.next() == 1000)
        broadcast.tell(1001)
        #expect(await listener.next() == 1001)
    }

    @Test("Who comes later begins with the newest state")
    func lateListener() async throws {
        let broadcast = Broadcast<Int>(limit: StreamLimit(most: 5))
        broadcast.tell(7)
        var listener = try broadcast.listen().makeAsyncIterator()
        #expect(await listener.next() == 7)
    }

    @Test("A full house refuses, with the time after which to come again; who leaves makes room")
    func limit() throws {
        let limit = StreamLimit(most: 2)
        let broadcast = Broadcast<Int>(limit: limit)
        let first = try broadcast.listen()
        do {
            let second = try broadcast.listen()
            #expect(throws: Refusal.self) { try broadcast.listen() }
            #expect(limit.open == 2)
            _ = second
        }
        #expect(limit.open == 1)
        #expect(broadcast.listenerCount == 1)
        _ = try broadcast.listen()
        _ = first
    }

    @Test("Ending it ends everybody's stream")
    func end() async throws {
        let broadcast = Broadcast<Int>(limit: StreamLimit(most: 5))
        var listener = try broadcast.listen().makeAsyncIterator()
        broadcast.end()
        #expect(await listener.next() == nil)
        #expect(broadcast.listenerCount == 0)
    }
}
