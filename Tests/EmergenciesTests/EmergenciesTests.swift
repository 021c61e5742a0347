import Testing

@testable import Emergencies
