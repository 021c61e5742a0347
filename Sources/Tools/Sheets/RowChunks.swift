import Dispatch
import Foundation
import Synchronization

/// Hands chunks from a thread that reads to a task that writes, and lets the reader run ahead only a few chunks, so that a
/// file of any length needs the same memory.
public final class RowChunks<Chunk: Sendable>: Sendable {
    private let room: DispatchSemaphore
    private let isStopped = Mutex(false)
    private let continuation: AsyncThrowingStream<Chunk, any Error>.Continuation
    public let stream: AsyncThrowingStream<Chunk, any Error>

    /// - Parameters:
    ///   - ahead: how many chunks may wait unread.
    ///   - produce: runs on a thread of its own and calls its argument with each chunk; that ends it by throwing once nobody
    ///     reads on.
    public init(ahead: Int = 3, _ produce: @escaping @Sendable ((Chunk) throws -> Void) throws -> Void) {
        // Begun at 0 and raised: a semaphore that dies below its first value ends the process.
        room = DispatchSemaphore(value: 0)
        for _ in 0..<ahead { room.signal() }
        (stream, continuation) = AsyncThrowingStream.makeStream(of: Chunk.self)
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

    /// The chunk is dealt with; the reader may go on.
    public func done() { room.signal() }

    /// Ends the reader; harmless after its end.
    public func stop() {
        isStopped.withLock { $0 = true }
        room.signal()
    }
}
