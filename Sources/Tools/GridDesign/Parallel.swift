/// Independent pieces of work on several threads; the results come in the order of the pieces, whatever the order of
/// the work, so that a plan does not depend on the number of threads.
enum Parallel {
    static func map<Result: Sendable>(
        _ count: Int, threads: Int, _ body: @escaping @Sendable (Int) throws -> Result
    ) async throws -> [Result] {
        try Task.checkCancellation()
        if threads <= 1 || count <= 1 {
            var results: [Result] = []
            results.reserveCapacity(count)
            for index in 0..<count {
                try Task.checkCancellation()
                results.append(try body(index))
            }
            return results
        }
        return try await withThrowingTaskGroup(of: (Int, Result).self) { group in
            var started = 0
            var results = [Result?](repeating: nil, count: count)
            while started < min(threads, count) {
                let index = started
                group.addTask { (index, try body(index)) }
                started += 1
            }
            while let (index, result) = try await group.next() {
                results[index] = result
                try Task.checkCancellation()
                if started < count {
                    let index = started
                    group.addTask { (index, try body(index)) }
                    started += 1
                }
            }
            return results.compactMap { $0 }
        }
    }
}
