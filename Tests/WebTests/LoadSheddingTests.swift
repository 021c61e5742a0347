import Ground
import Testing

@testable import Web

@Suite("Under load, some wait and the rest are told at once to come back")
struct LoadSheddingTests {
    @Test("Whoever finds the waiting room full is refused at once, with a time to come back")
    func full() async throws {
        let gate = Gate(limit: 1, waiting: 0)
        try await gate.enter()
        let refusal = await #expect(throws: Refusal.self) { try await gate.enter() }
        #expect(refusal?.kind == .unavailable)
        #expect(refusal?.retryAfterSeconds == 1)
        #expect(gate.refused == 1)
        gate.leave()
        try await gate.enter()
        #expect(gate.inside == 1)
    }

    @Test("Whoever waits gets the place of the one who leaves, in the order of coming")
    func waiting() async throws {
        let gate = Gate(limit: 1, waiting: 10, patience: .seconds(20))
        try await gate.enter()
        let (came, arrivals) = AsyncStream.makeStream(of: Int.self)
        for number in 0..<5 {
            Task {
                try await gate.enter()
                arrivals.yield(number)
                gate.leave()
            }
            while gate.waiting <= number { await Task.yield() }
        }
        gate.leave()
        var order: [Int] = []
        for await number in came {
            order.append(number)
            if order.count == 5 { break }
        }
        #expect(order == [0, 1, 2, 3, 4])
        while gate.inside > 0 { await Task.yield() }
        #expect(gate.waiting == 0)
    }

    @Test("Whoever waits too long is refused")
    func patience() async throws {
        let gate = Gate(limit: 1, waiting: 10, patience: .milliseconds(50))
        try await gate.enter()
        await #expect(throws: Refusal.self) { try await gate.enter() }
        #expect(gate.waiting == 0)
        gate.leave()
        #expect(gate.inside == 0)
    }

    @Test("A request that was given up leaves no place taken")
    func cancelled() async throws {
        let gate = Gate(limit: 1, waiting: 10, patience: .seconds(60))
        try await gate.enter()
        let waiter = Task { try await gate.enter() }
        while gate.waiting == 0 { await Task.yield() }
        waiter.cancel()
        await #expect(throws: Refusal.self) { try await waiter.value }
        gate.leave()
        #expect(gate.inside == 0)
    }

    @Test("Hundreds through a small gate all come out, and never too many are inside")
    func many() async throws {
        let gate = Gate(limit: 8, waiting: 5000, patience: .seconds(60))
        let (most, lost) = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<800 {
                group.addTask {
                    guard (try? await gate.enter()) != nil else { return -1 }
                    let inside = gate.inside
                    await Task.yield()
                    gate.leave()
                    return inside
                }
            }
            var most = 0
            var lost = 0
            for await inside in group {
                if inside < 1 { lost += 1 }
                most = max(most, inside)
            }
            return (most, lost)
        }
        #expect(lost == 0)
        #expect(most <= 8)
        #expect(gate.inside == 0)
        #expect(gate.waiting == 0)
    }
}
