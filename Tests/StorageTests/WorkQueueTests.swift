import Foundation
import Synchronization
import Testing

@testable import Storage

@Suite("The line before the threads that own connections") struct WorkQueueTests {
    /// Takes from a queue on threads of its own, and counts.
    private final class Takers: Sendable {
        let taken = Atomic(0)
        let threads = WorkerThreads()

        func start(_ count: Int, _ queue: WorkQueue<Int>, upTo limit: Int) throws {
            for number in 0..<count {
                try threads.start("taker-\(number)") {
                    var batch: [Int] = []
                    while queue.take(upTo: limit, into: &batch) {
                        self.taken.add(batch.count, ordering: .sequentiallyConsistent)
                        batch.removeAll()
                    }
                }
            }
        }
    }

    @Test(
        "Jobs that come one at a time while many wait are each taken, and closing lets everybody go", arguments: [1, 8])
    func oneAtATime(limit: Int) async throws {
        let queue = WorkQueue<Int>(limit: 4)
        let takers = Takers()
        try takers.start(8, queue, upTo: limit)
        for number in 1...20_000 {
            while takers.taken.load(ordering: .sequentiallyConsistent) < number - 1 { await Task.yield() }
            try queue.append(number)
        }
        queue.close()
        await takers.threads.finished()
        #expect(takers.taken.load(ordering: .sequentiallyConsistent) == 20_000)
    }

    @Test("What waits when the line is closed is still served, and nothing more is let in")
    func closing() async throws {
        let queue = WorkQueue<Int>(limit: 100)
        for number in 0..<100 { try queue.append(number) }
        let full = #expect(throws: DatabaseError.self) { try queue.append(100) }
        #expect(full?.code == .overloaded)
        queue.close()
        let closed = #expect(throws: DatabaseError.self) { try queue.append(101) }
        #expect(closed?.code == .connection)
        let takers = Takers()
        try takers.start(4, queue, upTo: 7)
        await takers.threads.finished()
        #expect(takers.taken.load(ordering: .sequentiallyConsistent) == 100)
    }

    @Test("Waiting for a while ends without a job, and jobs come in order, as many as are wanted")
    func order() throws {
        let queue = WorkQueue<Int>(limit: 10)
        var batch: [Int] = []
        #expect(queue.take(upTo: 3, into: &batch, waiting: 1))
        #expect(batch.isEmpty)
        for number in 0..<5 { try queue.append(number) }
        #expect(queue.take(upTo: 3, into: &batch))
        #expect(batch == [0, 1, 2])
        #expect(queue.take(upTo: 3, into: &batch))
        #expect(batch == [0, 1, 2, 3, 4])
        queue.close()
        #expect(!queue.take(upTo: 3, into: &batch))
    }
}
