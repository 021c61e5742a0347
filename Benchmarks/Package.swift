// swift-tools-version: 6.2
import PackageDescription

// Kept apart from the product: it has no dependencies, so it builds in seconds and costs the server's build nothing.
let package = Package(
    name: "gewu-benchmarks",
    targets: [.executableTarget(name: "caseload")],
    swiftLanguageModes: [.v6]
)
