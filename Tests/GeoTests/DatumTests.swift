import Geo
import Testing

@Suite struct DatumTests {
    @Test(
        "The national frame goes over into that of public maps as published",
        arguments: [
            // rules.md 2.12
            (116.42079, 39.90105, 116.42703, 39.90245, 1e-5),
            (120, 40, 120.005_675_683_554_86, 40.001_304_789_601_9, 1e-12),
        ])
    func publicMaps(longitude: Double, latitude: Double, east: Double, north: Double, within: Double) {
        let found = Datum.gcj02.fromCGCS2000(longitude: longitude, latitude: latitude)
        #expect(abs(found.longitude - east) < within)
        #expect(abs(found.latitude - north) < within)
    }

    @Test("Every frame leads back to where it came from", arguments: Datum.allCases)
    func wayBack(datum: Datum) {
        for longitude in stride(from: 73.5, through: 134.5, by: 6.1) {
            for latitude in stride(from: 18.2, through: 53.4, by: 3.9) {
                let there = datum.fromCGCS2000(longitude: longitude, latitude: latitude)
                let back = datum.toCGCS2000(longitude: there.longitude, latitude: there.latitude)
                #expect(abs(back.longitude - longitude) < 1e-8)
                #expect(abs(back.latitude - latitude) < 1e-8)
            }
        }
    }

    @Test("Outside the country nothing is offset")
    func abroad() {
        let tokyo = Datum.gcj02.fromCGCS2000(longitude: 139.69, latitude: 35.69)
        #expect(tokyo == (139.69, 35.69))
    }

    @Test("The frames of the two public maps lie some hundred metres apart from the national one and each other")
    func distances() {
        let gcj02 = Datum.gcj02.fromCGCS2000(longitude: 120.155, latitude: 30.274)
        let bd09 = Datum.bd09.fromCGCS2000(longitude: 120.155, latitude: 30.274)
        #expect((0.003...0.008).contains(gcj02.longitude - 120.155))
        #expect((0.005...0.008).contains(bd09.longitude - gcj02.longitude))
    }
}
