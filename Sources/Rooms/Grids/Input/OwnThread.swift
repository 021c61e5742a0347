import Foundation

/// Work that takes its time, on a thread of its own: those that the server answers with stay free.
enum OwnThread {
    static func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let thread = Thread { continuation.resume(with: Result { try work() }) }
            thread.name = "features"
            thread.stackSize = 8 << 20
            thread.start()
        }
    }
}
