import GridDay
import Storage
import Testing

@Suite("The room of the grid worker's day")
struct GridDayTests {
    @Test("Its migrations have names of its own")
    func migrationNames() {
        #expect(!GridDay.migrations.isEmpty)
        #expect(GridDay.migrations.allSatisfy { $0.name.hasPrefix("gridday.") })
    }
}
