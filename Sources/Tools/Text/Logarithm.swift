#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

func logarithm(_ value: Float) -> Float { logf(value) }
func exponential(_ value: Float) -> Float { expf(value) }

/// What occurs twice does not say twice as much.
@inline(__always)
func saturated(_ count: UInt32) -> Float { Float(count) / (Float(count) + 8) }
