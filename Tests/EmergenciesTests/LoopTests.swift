import Ground
import Testing

@testable import Emergencies

struct LoopTests {
    @Test("Every state of every emergency loop has an owner, a limit and a way to an end", arguments: EmergencyLoop.all)
    func closed(loop: EmergencyLoop) { #expect(loop.faults == []) }

    @Test("A state that waits for nobody, and a circle without a bound, are found")
    func open() {
        var loop = EmergencyLoop.handOver
        loop.states[0].owner = "nobody"
        loop.moves.append(.init(from: "difference", to: "open", by: "receiver"))
        #expect(loop.faults.contains("hand-over: nobody cannot leave open"))
        #expect(loop.faults.contains("hand-over: can go round for ever"))
        loop.states[1].limit = nil
        #expect(loop.faults.contains("hand-over: difference has no limit"))
    }

    @Test("The loops name exactly the states that the records have")
    func same() {
        #expect(Set(EmergencyLoop.handOver.states.map(\.name)) == Set(HandOver.State.allCases.map(\.rawValue)))
        #expect(Set(EmergencyLoop.contact.states.map(\.name)) == Set(ContactRecord.State.allCases.map(\.rawValue)))
        for state in EmergencyLoop.handOver.states {
            #expect((state.owner == nil) == (HandOver.State(rawValue: state.name)?.isEnd ?? false))
        }
    }

    @Test("Whatever is done to a hand-over, nothing is lost and every move is one that was proved", arguments: 1...200)
    func conserved(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let source = IdentifierSource(seed: UInt64(seed))
        let start = EmergencyWorld.start
        var one = HandOver(
            id: source.next(at: start), event: source.next(at: start), slip: 1, lot: source.next(at: start),
            from: source.next(at: start), to: source.next(at: start), giver: source.next(at: start),
            giverStaff: source.next(at: start), sentAt: start, expectedBy: start + .hours(1),
            sent: Int64.random(in: 1...20, using: &random))
        var (atSource, atTarget, surplus, writtenOff): (Int64, Int64, Int64, Int64) = (0, 0, 0, 0)
        for _ in 0..<40 {
            let count = Int64.random(in: 0...12, using: &random)
            let acts: [HandOverAct] = [.receive(count), .giveBack(count), .settle(reason: "lost"), .correct(count)]
            guard let act = acts.randomElement(using: &random), let change = try? one.decide(act, at: start) else {
                continue
            }
            let (from, to) = (one.state.rawValue, change.after.state.rawValue)
            #expect(
                EmergencyLoop.handOver.moves.contains { $0.from == from && $0.to == to }, "\(from) → \(to) by \(act)")
            one = change.after
            atSource += change.atSource
            atTarget += change.atTarget
            surplus += change.lotSurplus
            writtenOff += change.lotWrittenOff
            #expect(one.outstanding >= 0)
            #expect(one.sent + surplus - writtenOff == atSource + atTarget + one.outstanding)
            #expect(one.state.isEnd ? one.outstanding == 0 : true)
        }
    }
}
