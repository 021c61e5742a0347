import Cases
import Cipher
import Desk
import Ground
import Messages
import Storage

/// Plays the stories in the order of time, through the same rules and statements as real acts.
struct Play: Sendable {
    private struct Cue: Sendable, Comparable {
        var at: Instant
        /// Keeps cues of the same instant in the order in which they were written.
        var order: Int
        var matter: Int

        static func < (left: Cue, right: Cue) -> Bool { (left.at, left.order) < (right.at, right.order) }
    }

    /// A matter on its way: only those that are not at their end are kept.
    private struct Running: Sendable {
        var matter: Matter
        var id: CaseID?
        var next = 0
    }

    let cases: Cases
    let house: House
    let clock: ManualClock

    private var cues: [Cue] = []
    private var running: [Int: Running] = [:]
    private var order = 0
    private var lastLook = Instant(milliseconds: 0)
    private(set) var refused = 0
    private let looksAtLimits: Bool

    /// How often limits are looked at.
    private let look: Span

    /// - Parameters:
    ///   - look: how often limits are looked at: as often as a server would at night.
    ///   - looksAtLimits: false where the platform's own jobs do it.
    init(
        cases: Cases, house: House, clock: ManualClock, look: Span = .minutes(15), looksAtLimits: Bool = true
    ) {
        self.cases = cases
        self.house = house
        self.clock = clock
        self.look = look
        self.looksAtLimits = looksAtLimits
    }

    mutating func add(_ matters: [Matter]) {
        for matter in matters {
            running[order] = Running(matter: matter)
            push(Cue(at: matter.at, order: order, matter: order))
            order += 1
        }
    }

    /// Plays everything before an instant.
    mutating func play(until end: Instant) async throws {
        while let first = cues.first, first.at < end {
            let before = self
            // The closure may run twice: it begins each time from the same state and hands back the next.
            self = try await house.database.write { transaction in
                var play = before
                try play.playSome(until: end, in: transaction)
                return play
            }
        }
        guard looksAtLimits else { return }
        let before = self
        self = try await house.database.write { transaction in
            var play = before
            try play.lookAtLimits(until: end, in: transaction)
            return play
        }
    }

    private static let atOnce = 400

    private mutating func playSome(until end: Instant, in transaction: any Transaction) throws {
        for _ in 0..<Self.atOnce {
            guard let cue = cues.first, cue.at < end else { return }
            try lookAtLimits(until: cue.at, in: transaction)
            pop()
            clock.set(cue.at)
            guard var matter = running[cue.matter] else { continue }
            if let id = matter.id {
                let beat = matter.matter.beats[matter.next]
                matter.next += 1
                do {
                    try act(id, beat, of: matter.matter, in: transaction)
                } catch let refusal as Refusal where refusal.kind != .fault {
                    refused += 1
                }
            } else {
                matter.id = try report(matter.matter, in: transaction).id
            }
            if matter.next < matter.matter.beats.count {
                running[cue.matter] = matter
                let at = max(matter.matter.beats[matter.next].at, cue.at + Span(milliseconds: 1))
                order += 1
                push(Cue(at: at, order: order, matter: cue.matter))
            } else {
                running[cue.matter] = nil
            }
        }
    }

    private mutating func lookAtLimits(until end: Instant, in transaction: any Transaction) throws {
        guard looksAtLimits else { return }
        if lastLook.milliseconds == 0 { lastLook = end }
        while lastLook + look <= end {
            lastLook = lastLook + look
            clock.set(lastLook)
            try cases.watchLimits(at: lastLook, most: 10_000, in: transaction)
        }
    }

    private func report(_ matter: Matter, in transaction: any Transaction) throws -> CaseRecord {
        let actor: Actor
        if let scope = matter.reporter {
            actor = Actor(scope)
        } else if matter.report.source != nil {
            actor = .system
        } else {
            actor = resident(matter)
        }
        return try cases.report(matter.report, by: actor, scope: matter.reporter, at: matter.at, in: transaction)
    }

    private func act(_ id: CaseID, _ beat: Beat, of matter: Matter, in transaction: any Transaction) throws {
        let now = clock.now()
        switch beat.doer {
        case .staff(let scope):
            try cases.act(playing: id, beat.command, by: scope, at: now, in: transaction)
        case .reporter:
            _ = try cases.act(id, beat.command, by: .reporter, actor: resident(matter), at: now, in: transaction)
        }
    }

    private func resident(_ matter: Matter) -> Actor {
        Actor(
            kind: .resident, id: matter.report.reporterPhone?.index(house.keys.vault) ?? "", post: nil,
            name: matter.report.reporterPhone?.masked ?? "居民")
    }

    // MARK: The next cue first

    private mutating func push(_ cue: Cue) {
        cues.append(cue)
        var child = cues.count - 1
        while child > 0, cues[child] < cues[(child - 1) / 2] {
            cues.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    private mutating func pop() {
        guard let last = cues.popLast(), !cues.isEmpty else { return }
        cues[0] = last
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < cues.count && cues[child] < cues[least] {
                least = child
            }
            if least == parent { return }
            cues.swapAt(parent, least)
            parent = least
        }
    }
}

extension Cases {
    /// As people do: who has much more in hand than colleagues says why they take one more.
    func act(
        playing id: CaseID, _ command: Command, by scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws {
        do {
            _ = try act(id, command, by: .staff(scope), actor: Actor(scope), at: now, in: transaction)
        } catch let refusal as Refusal where refusal.code == "cases.beyond-share" {
            var command = command
            command.reason = "agreed"
            _ = try act(id, command, by: .staff(scope), actor: Actor(scope), at: now, in: transaction)
        }
    }
}
