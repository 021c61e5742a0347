/// The self-audit of the running program, done once: neither its routes nor its texts change while it runs.
actor BurdenOnce {
    private var known: BurdenAudit.Result?

    func result(_ rules: BurdenRules, _ program: @Sendable () throws -> BurdenAudit.Program) throws
        -> BurdenAudit.Result
    {
        if let known { return known }
        let found = BurdenAudit.run(rules, over: try program())
        known = found
        return found
    }
}
