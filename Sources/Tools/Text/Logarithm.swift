#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

func logarithm(_ value: Float) -> Float { logf(value) }
func exponential(_ value: Float) -> Float { expf(value) }

/// 1 + ln(count): what occurs twice does not say twice as much.
@inline(__always)
func dampen(_ count: UInt32) -> Float { count < 64 ? dampened[Int(count)] : 1 + logf(Float(count)) }

private let dampened = (0..<64).map { 1 + logf(Float(max(1, $0))) }
