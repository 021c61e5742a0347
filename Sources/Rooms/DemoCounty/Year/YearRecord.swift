public import Ground
public import Mandates

extension DemoCounty {
    /// What a played year did, as whoever played it noted it down: beside what the rooms say of it.
    public struct Year: Sendable, Hashable {
        /// First day of the year after.
        public var turn: Day
        /// Of each year.
        public var days: Int
        public var filed = 0
        public var admitted = 0
        public var refused = 0
        /// Ended by the platform on their last day.
        public var expired = 0
        public var streetsHeard = 0
        public var objections = 0
        public var measures: [BurdenMeasure: Int] = [:]
        public var contracts = 0
        public var powers = 0
        /// Hours of posts in the year before and the year after, as the rooms say.
        public var minutesBefore: Int64 = 0
        public var minutesAfter: Int64 = 0
        /// Everything that became work of posts.
        public var sent: [Sent] = []

        init(turn: Day, days: Int) {
            self.turn = turn
            self.days = days
        }
    }

    /// One admission as it was played.
    public struct Sent: Sendable, Hashable {
        /// From a day on, minutes of one time and times in the whole period; none when it ended.
        public struct Step: Sendable, Hashable {
            public var day: Day
            public var minutes: Int64
            public var times: Int64
        }

        public var number: String
        public var kind: DemandKind
        public var from: Day
        public var until: Day
        /// Grids or streets in which it is done.
        public var areas: Int64
        public var minutes: Int64
        /// In the whole period, in each area.
        public var times: Int64
        public var steps: [Step] = []
    }
}
