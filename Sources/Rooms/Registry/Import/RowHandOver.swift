import Dispatch
import Foundation
import Synchronization

/// Hands rows from a thread that reads to a task that writes, and lets the reader run ahead only a little, so that a register
/// of any length needs the same memory.
final class RowHandOver: Sendable {
    private let room: DispatchSemaphore
    private let isStopped = Mutex(false)
    private let continuation: AsyncThrowingStream<ResidentChunk, any Error>.Continuation
    let stream: AsyncThrowingStream<ResidentChunk, any Error>

    /// - Parameter produce: runs on a thread of its own and calls its argument with each chunk; that ends it by throwing
    ///   once nobody reads on.
    init(ahead: Int = 3, _ produce: @escaping @Sendable ((ResidentChunk) throws -> Void) throws -> Void) {
        // Begun at 0 and raised: a semaphore that dies below its first value ends the process.
        room = DispatchSemaphore(value: 0)
        for _ in 0..<ahead { room.signal() }
        (stream, continuation) = AsyncThrowingStream.makeStream(of: ResidentChunk.self)
        let thread = Thread { [self] in
            do {
                try produce { chunk in
                    room.wait()
                    if isStopped.withLock({ $0 }) { throw CancellationError() }
                    continuation.yield(chunk)
                }
                continuation.finish()
            } catch {
                continuation.finish(throwing: error)
            }
        }
        thread.name = "import"
        thread.start()
    }

    /// A chunk is dealt with; the reader may go on.
    func done() { room.signal() }

    /// Ends the reader; harmless after its end.
    func stop() {
        isStopped.withLock { $0 = true }
        room.signal()
    }
}
