import Desk
import Ground
import Storage

/// Tests that are about something else stand in a county where everything is carried.
struct AnyGround: Grounds {
    func require(_ ground: String?, for area: AreaPrefix, on day: Day, in transaction: any Transaction) throws {}
}
