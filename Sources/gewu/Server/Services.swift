import Desk
import Foundation
import Ground
import Hummingbird
import Logging
import ServiceLifecycle
import Storage
import Web

/// Keeps the database open while the others need it, and closes it last.
struct DatabaseService: Service {
    let database: any Database

    func run() async throws {
        try? await gracefulShutdown()
        await database.close()
    }
}

/// Runs the rooms' work in the background: each job in its own task, one run after another, never two at once.
struct JobService: Service {
    let jobs: [Job]
    let logger: Logger
    let metrics: Metrics

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                for job in jobs { group.addTask { await repeatedly(job) } }
            }
        }
    }

    private func repeatedly(_ job: Job) async {
        var isFirst = true
        while !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(Self.wait(job, isFirst: isFirst)))
            guard !Task.isCancelled else { return }
            isFirst = false
            do {
                try await job.run()
                metrics.count("gewu_job_runs_total")
            } catch {
                guard !Task.isCancelled else { return }
                metrics.count("gewu_job_failures_total")
                logger.error("job failed", metadata: ["job": "\(job.name)", "error": "\(error)"])
            }
        }
    }

    /// A tenth more or less, so that several servers do not all knock at the same moment.
    static func wait(_ job: Job, isFirst: Bool) -> Int64 {
        let every = max(1, job.every.milliseconds)
        return isFirst ? Int64.random(in: 0...min(every, 3000)) : every - every / 10 + Int64.random(in: 0...(every / 5))
    }
}

enum ProcessMemory {
    /// Second figure of `/proc/self/statm`, in pages; 0 where there is none.
    static var residentBytes: Int {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .ascii) else { return 0 }
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
}
