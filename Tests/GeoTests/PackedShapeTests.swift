import Geo
import Testing

@Suite struct PackedShapeTests {
    @Test("Areas come back from their bytes to the centimetre, and no bytes are taken for others")
    func thereAndBack() throws {
        let shape: [[[SIMD2<Double>]]] = [
            [[SIMD2(0.83, 0.41), SIMD2(0.8301, 0.41), SIMD2(0.8301, 0.4102)], [SIMD2(0.83001, 0.41001)]], [[]], [],
        ]
        let bytes = PackedShape.bytes(of: shape)
        let back = try #require(PackedShape.polygons(bytes))
        #expect(back.map { $0.map(\.count) } == [[3, 1], [0], []])
        for (one, two) in zip(shape.joined().joined(), back.joined().joined()) {
            #expect(abs(one.x - two.x) < 1e-9 && abs(one.y - two.y) < 1e-9)
        }
        for length in bytes.indices { #expect(PackedShape.polygons(Array(bytes[..<length])) == nil) }
        // However large a count says it is, no more is made room for than there are bytes.
        #expect(PackedShape.polygons([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F]) == nil)
        #expect(PackedShape.polygons([1, 1, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F]) == nil)
    }

    @Test("No bytes break the reader")
    func rubbish() {
        var seed: UInt64 = 3
        for _ in 0..<20_000 {
            let bytes = (0..<Int(seed >> 60)).map { _ -> UInt8 in
                seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return UInt8(truncatingIfNeeded: seed >> 40)
            }
            seed = seed &* 6_364_136_223_846_793_005 &+ 1
            _ = PackedShape.polygons(bytes)
        }
    }
}
