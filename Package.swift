// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

/// A tool: could serve another program, knows nothing of governance.
func tool(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, path: "Sources/Tools/\(name)", swiftSettings: strict)
}

/// A room: one bounded context, one folder. Its dependencies say whom it may call.
func room(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, path: "Sources/Rooms/\(name)", swiftSettings: strict)
}

func system(_ name: String, apt package: String, pkgConfig: String? = nil) -> Target {
    .systemLibrary(
        name: name, path: "Sources/System/\(name)", pkgConfig: pkgConfig, providers: [.apt([package])])
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, path: "Tests/\(name)", swiftSettings: strict)
}

let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let hummingbirdTLS = Target.Dependency.product(name: "HummingbirdTLS", package: "hummingbird")
let hummingbirdTesting = Target.Dependency.product(name: "HummingbirdTesting", package: "hummingbird")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let nio = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioHTTP1Types = Target.Dependency.product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras")
let nioHTTP = Target.Dependency.product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let yaml = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
    name: "gewu",
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // The system's own libraries.
        system("CSQLite", apt: "libsqlite3-dev"),
        system("CPostgres", apt: "libpq-dev", pkgConfig: "libpq"),
        system("CSodium", apt: "libsodium-dev"),
        system("CZip", apt: "libzip-dev"),
        system("CExpat", apt: "libexpat1-dev"),
        system("CXlsxWriter", apt: "libxlsxwriter-dev"),
        system("CZlib", apt: "zlib1g-dev"),
        system("CGLPK", apt: "libglpk-dev"),
        system("CGEOS", apt: "libgeos-dev"),

        // Tools.
        tool("Ground"),
        tool("Cipher", ["Ground", "CSodium"]),
        tool("Storage", ["Ground", "CSQLite", "CPostgres"]),
        tool("Sheets", ["Ground", "CZip", "CExpat", "CXlsxWriter", "CZlib"]),
        tool("WorkCalendar", ["Ground", yaml]),
        tool("NationalCodes", ["Ground"]),
        tool("Text", ["Ground"]),
        tool("GridDesign"),
        tool("Geo", ["Ground", "CGEOS", "CSQLite", "CZlib"]),
        tool("LinearPrograms", ["CGLPK"]),
        tool("CountForecasts"),
        tool(
            "Web",
            [
                "Ground", "Cipher", "CZlib", hummingbird, hummingbirdCore, httpTypes, nio, nioHTTP, lifecycle, logging,
            ]),

        // Rooms, lowest first.
        room(
            "Desk",
            [
                "Ground", "Cipher", "Storage", "Web", "Sheets", hummingbird, hummingbirdCore, httpTypes, nio, logging,
                yaml,
            ]),
        room(
            "Ledger",
            ["Desk", "Ground", "Cipher", "Storage", "Web", hummingbird, hummingbirdCore, httpTypes, logging]),
        room("Uploads", ["Ledger", "Desk", "Ground", "Cipher", "Storage", "Web"]),
        room(
            "Places",
            [
                "Ledger", "Desk", "NationalCodes", "Ground", "Storage", "Web", "Sheets", hummingbird, hummingbirdCore,
                httpTypes, yaml,
            ]),
        room(
            "Messages",
            [
                "Desk", "NationalCodes", "Ground", "Cipher", "Storage", "Web", hummingbird, hummingbirdCore,
                httpTypes, logging,
            ]),
        room(
            "Identity",
            [
                "Messages", "Ledger", "Desk", "NationalCodes", "Ground", "Cipher", "Storage", "Web", hummingbird,
                hummingbirdCore,
                httpTypes, logging, yaml,
            ]),
        room(
            "Cases",
            [
                "Identity", "Messages", "Ledger", "Desk", "WorkCalendar", "Text", "Geo", "Ground", "Cipher",
                "Storage",
                "Web", "Sheets", hummingbird, hummingbirdCore, httpTypes, nio, logging, yaml,
            ]),
        room(
            "Closings",
            [
                "Cases", "Identity", "Ledger", "Desk", "WorkCalendar", "Ground", "Cipher", "Storage", "Web",
                hummingbird,
                hummingbirdCore, httpTypes, yaml,
            ]),
        room(
            "Channels",
            [
                "Cases", "Identity", "Messages", "Places", "Ledger", "Desk", "Ground", "Cipher", "Storage", "Web",
                hummingbird, hummingbirdCore, httpTypes, nio, nioPosix, nioHTTP, nioHTTP1, nioHTTP1Types, nioSSL,
                logging,
                yaml,
            ]),
        room(
            "Emergencies",
            [
                "Identity", "Messages", "Places", "Ledger", "Desk", "Ground", "Cipher", "Storage", "Web", "Sheets",
                hummingbird, hummingbirdCore, httpTypes, nio, logging, yaml,
            ]),
        room(
            "GridDay",
            [
                "Cases", "Identity", "Messages", "Places", "Ledger", "Desk", "Ground", "Cipher", "Storage", "Web",
                hummingbird, hummingbirdCore, httpTypes, logging, yaml,
            ]),
        room(
            "Disputes",
            [
                "Cases", "Identity", "Messages", "Places", "Ledger", "Desk", "Ground", "Cipher", "Storage", "Web",
                hummingbird, hummingbirdCore, httpTypes, nio, logging, yaml,
            ]),
        room(
            "Clues",
            [
                "Cases", "Identity", "Messages", "Places", "Ledger", "Desk", "Ground", "Cipher", "Storage", "Web",
                hummingbird, hummingbirdCore, httpTypes, nio, logging, yaml,
            ]),
        room(
            "Command",
            [
                "Emergencies", "Cases", "Identity", "Places", "Ledger", "Desk", "Ground", "Storage", "Web", hummingbird,
                hummingbirdCore, httpTypes, nio, logging, yaml,
            ]),
        room(
            "Registry",
            [
                "Uploads", "Identity", "Messages", "Places", "NationalCodes", "Ledger", "Desk", "Ground", "Cipher",
                "Storage",
                "Web", "Sheets", "Geo",
                hummingbird, hummingbirdCore, httpTypes, nio, logging, yaml,
            ]),
        room(
            "Forms",
            [
                "Sheets", "Registry", "Identity", "Places", "Ledger", "Desk", "Ground", "Cipher", "Storage", "Web",
                hummingbird, hummingbirdCore, httpTypes, nio, logging, yaml,
            ]),
        room(
            "Mandates",
            [
                "Identity", "Messages", "Places", "WorkCalendar", "Ledger", "Desk", "Ground", "Storage", "Web",
                "Sheets", hummingbird, hummingbirdCore, httpTypes, nio, logging, yaml,
            ]),
        room(
            "Workload",
            [
                "Mandates", "Identity", "Places", "WorkCalendar", "LinearPrograms", "CountForecasts", "Ledger", "Desk",
                "Ground",
                "Storage", "Web", hummingbird, hummingbirdCore, httpTypes, nio, logging, yaml,
            ]),
        room(
            "Warnings",
            [
                "GridDay", "Cases", "Places", "CountForecasts", "Ledger", "Desk", "Ground", "Storage", "Web",
                hummingbird,
                httpTypes,
            ]),
        room(
            "Visits",
            [
                "Cases", "Forms", "Registry", "Identity", "Places", "Ledger", "Desk", "Ground", "Cipher", "Storage",
                "Web", hummingbird, hummingbirdCore, httpTypes,
            ]),
        room(
            "Systems",
            [
                "Forms", "Registry", "Identity", "Places", "Ledger", "Desk", "Ground", "Storage", "Web", hummingbird,
                hummingbirdCore, httpTypes, logging, yaml,
            ]),
        room(
            "Funds",
            ["Identity", "Places", "Ledger", "Desk", "Ground", "Storage", "Web", hummingbird]),
        room(
            "Faults",
            [
                "Workload", "Mandates", "Cases", "Identity", "Places", "Desk", "Ground", "Storage", "Web", hummingbird,
            ]),
        room(
            "Appraisals",
            [
                "Mandates", "Cases", "Identity", "Places", "Desk", "Ground", "Storage", "Web", hummingbird,
            ]),
        room(
            "Burdens",
            [
                "Identity", "Places", "Ledger", "Desk", "Ground", "Cipher", "Storage", "Web", hummingbird,
                hummingbirdCore, httpTypes, logging, yaml,
            ]),
        room(
            "Accounts",
            [
                "Appraisals", "Burdens", "Faults", "Funds", "Workload", "Mandates", "Cases", "Identity", "Places",
                "Desk",
                "Ground", "Storage", "Web", hummingbird,
            ]),
        room(
            "Grids",
            [
                "Uploads", "GridDesign", "Geo", "Cases", "Identity", "Messages", "Places", "Ledger", "Desk", "Ground",
                "Sheets",
                "Storage", "Web", hummingbird, hummingbirdCore, httpTypes, logging, yaml,
            ]),
        room(
            "Map",
            [
                "Grids", "Geo", "Cases", "Identity", "Places", "Ledger", "Desk", "Ground", "Storage", "Web",
                hummingbird, hummingbirdCore, httpTypes, nio, logging,
            ]),
        room(
            "DemoCounty",
            [
                "Geo", "Grids", "Funds", "Systems", "Visits", "Disputes", "Clues", "Command", "Registry", "Forms",
                "Mandates", "Workload", "Emergencies", "Closings", "Cases", "Identity", "Messages", "Places", "Ledger",
                "Desk", "NationalCodes", "WorkCalendar", "Ground", "Cipher", "Storage", "Sheets", yaml,
            ]),

        // The one place that wires everything.
        .executableTarget(
            name: "gewu",
            dependencies: [
                "DemoCounty", "Map", "Grids", "Uploads", "Accounts", "Burdens", "Faults", "Appraisals", "Funds",
                "Systems",
                "Visits", "Warnings", "Geo",
                "Command", "Disputes", "Clues", "Forms", "Registry", "Workload", "Mandates",
                "GridDesign",
                "GridDay", "Emergencies", "Channels", "Closings", "Cases", "Identity", "Messages", "Places", "Ledger",
                "Desk",
                "Text",
                "Ground", "Cipher", "Storage", "Web", "Sheets", hummingbird, hummingbirdCore, hummingbirdTLS, httpTypes,
                nio,
                nioSSL, logging, lifecycle, unixSignals, arguments, yaml,
            ],
            path: "Sources/gewu", swiftSettings: strict),

        // What the tests of several targets share: one database of each engine per test.
        .target(
            name: "StorageTesting", dependencies: ["Storage", "Ground"], path: "Sources/Tools/StorageTesting",
            swiftSettings: strict),

        tests("GroundTests", ["Ground", "Cipher"]),
        tests("StorageTests", ["Storage", "StorageTesting", "Ground"]),
        tests("SheetsTests", ["Sheets", "Ground", "CZip", "CZlib"]),
        tests("WorkCalendarTests", ["WorkCalendar", "Ground"]),
        tests("TextTests", ["Text", "Ground"]),
        tests("NationalCodesTests", ["NationalCodes", "Ground"]),
        tests("WebTests", ["Web", "Ground", hummingbird, hummingbirdCore, hummingbirdTesting, httpTypes, nio]),
        tests("LedgerTests", ["Ledger", "Desk", "Storage", "StorageTesting", "Ground", "Cipher"]),
        tests("UploadsTests", ["Uploads", "Ledger", "Desk", "Storage", "StorageTesting", "Ground", "Cipher", "Web"]),
        tests("PlacesTests", ["Places", "Ledger", "Desk", "Storage", "StorageTesting", "Ground"]),
        tests("MessagesTests", ["Web", "Messages", "Ledger", "Desk", "Storage", "StorageTesting", "Ground", "Cipher"]),
        tests(
            "IdentityTests",
            [
                "Web", hummingbird, hummingbirdTesting, httpTypes, logging, "Identity", "Messages", "Places", "Ledger",
                "Desk", "Storage", "StorageTesting", "Ground", "Cipher",
            ]),
        tests(
            "CasesTests",
            [
                "Cases", "Identity", "Messages", "Places", "Ledger", "Desk", "WorkCalendar", "Storage", "Web",
                "StorageTesting", "Ground",
                "Cipher", "Sheets",
            ]),
        tests(
            "ClosingsTests",
            [
                "Closings", "Cases", "Identity", "Messages", "Ledger", "Desk", "WorkCalendar", "Storage",
                "StorageTesting", "Web", "Ground", "Cipher",
            ]),
        tests(
            "ChannelsTests",
            [
                "Channels", "Cases", "Identity", "Messages", "Places", "Ledger", "Desk", "Storage", "StorageTesting",
                "Web", "Ground", "Cipher", hummingbird, hummingbirdCore, hummingbirdTesting, httpTypes, nio, logging,
            ]),
        tests(
            "EmergenciesTests",
            [
                "Emergencies", "Identity", "Messages", "Places", "Ledger", "Desk", "Storage", "StorageTesting", "Web",
                "Sheets", "Ground", "Cipher", hummingbird, hummingbirdCore, hummingbirdTesting, httpTypes, nio, logging,
            ]),
        tests(
            "GridDayTests",
            [
                "GridDay", "Cases", "Identity", "Messages", "Places", "Ledger", "Desk", "WorkCalendar", "Storage",
                "StorageTesting", "Web", "Ground", "Cipher", hummingbird, hummingbirdCore, hummingbirdTesting,
                httpTypes, logging,
            ]),
        tests(
            "DisputesTests",
            [
                "Disputes", "Cases", "Identity", "Messages", "Places", "Ledger", "Desk", "WorkCalendar", "Storage",
                "StorageTesting", "Web", "Sheets", "Ground", "Cipher", hummingbird, hummingbirdCore,
                hummingbirdTesting, httpTypes, nio, logging,
            ]),
        tests(
            "CluesTests",
            [
                "Clues", "Cases", "Identity", "Messages", "Places", "Ledger", "Desk", "WorkCalendar", "Storage",
                "StorageTesting", "Web", "Sheets", "Ground", "Cipher", hummingbird, hummingbirdCore,
                hummingbirdTesting, httpTypes, nio, logging,
            ]),
        tests(
            "CommandTests",
            [
                "Command", "GridDay", "Emergencies", "Cases", "Identity", "Messages", "Places", "Ledger", "Desk",
                "WorkCalendar", "Storage",
                "StorageTesting", "Web", "Sheets", "Ground", "Cipher", hummingbird, hummingbirdCore,
                hummingbirdTesting, httpTypes, nio, logging,
            ]),
        tests(
            "RegistryTests",
            [
                "Registry", "NationalCodes", "Identity", "Messages", "Places", "Ledger", "Desk", "WorkCalendar",
                "Storage",
                "StorageTesting", "Web", "Sheets", "Ground", "Cipher", hummingbird, hummingbirdCore,
                hummingbirdTesting, httpTypes, nio, logging,
            ]),
        tests(
            "FormsTests",
            [
                "Uploads", "Forms", "Registry", "NationalCodes", "Identity", "Messages", "Places", "Ledger", "Desk",
                "WorkCalendar", "Storage",
                "StorageTesting", "Web", "Sheets", "Ground", "Cipher", hummingbird, hummingbirdCore,
                hummingbirdTesting, httpTypes, nio, logging,
            ]),
        tests(
            "MandatesTests",
            [
                "Mandates", "Identity", "Messages", "Places", "Ledger", "Desk", "WorkCalendar", "Storage",
                "StorageTesting", "Web", "Sheets", "Ground", "Cipher", hummingbird, hummingbirdCore,
                hummingbirdTesting, httpTypes, nio, logging,
            ]),
        tests(
            "WorkloadTests",
            [
                "Workload", "LinearPrograms", "Mandates", "Identity", "Messages", "Places", "Ledger", "Desk",
                "WorkCalendar", "Storage",
                "StorageTesting", "Web", "Sheets", "Ground", "Cipher", hummingbird, hummingbirdCore,
                hummingbirdTesting, httpTypes, nio, logging,
            ]),
        tests("GridDesignTests", ["GridDesign"]),
        tests("GeoTests", ["Geo", "Ground"]),
        tests("LinearProgramsTests", ["LinearPrograms", "Ground"]),
        tests("WarningsTests", ["Warnings", "CountForecasts", "Ground"]),
        tests("CountForecastsTests", ["CountForecasts", "Ground"]),
        tests(
            "VisitsTests",
            [
                "Uploads", "Visits", "Cases", "Forms", "NationalCodes", "Registry", "StorageTesting", "Identity",
                "Messages",
                "Places", "Ledger", "Desk",
                "Ground", "Cipher", "Storage", "Web", "Sheets", hummingbird, hummingbirdCore, httpTypes, logging, yaml,
                hummingbirdTesting,
            ]),
        tests(
            "SystemsTests",
            [
                "Uploads", "Systems", "Forms", "Registry", "StorageTesting", "Identity", "Messages", "Places", "Ledger",
                "Desk",
                "Ground", "Cipher", "Storage", "Web", "Sheets", hummingbird, hummingbirdCore, httpTypes, logging, yaml,
                hummingbirdTesting,
            ]),
        tests(
            "FundsTests",
            [
                "Funds", "StorageTesting", "Identity", "Messages", "Places", "Ledger", "Desk", "Ground", "Cipher",
                "Storage", "Web", hummingbird, httpTypes, nio, logging, hummingbirdTesting,
            ]),
        tests(
            "FaultsTests",
            [
                "Faults", "Workload", "Mandates", "Cases", "StorageTesting", "Identity", "Messages", "Places", "Ledger",
                "Desk", "Ground", "Cipher", "Storage", "Web", hummingbird, httpTypes, nio, logging, hummingbirdTesting,
            ]),
        tests(
            "AccountsTests",
            [
                "Accounts", "Appraisals", "Burdens", "Faults", "Funds", "Workload", "Mandates", "Cases",
                "StorageTesting", "Identity", "Messages", "Places", "Ledger", "Desk", "Ground", "Cipher", "Storage",
                "Web", hummingbird, httpTypes,
                nio, logging, hummingbirdTesting,
            ]),
        tests(
            "AppraisalsTests",
            [
                "Appraisals", "Mandates", "Cases", "StorageTesting", "Identity", "Messages", "Places",
                "Ledger", "Desk", "Ground", "Cipher", "Storage", "Web", hummingbird, httpTypes, nio, logging,
                hummingbirdTesting,
            ]),
        tests(
            "BurdensTests",
            [
                "Burdens", "Workload", "Mandates", "Forms", "Cases", "StorageTesting", "Identity", "Messages", "Places",
                "Ledger", "Desk", "Ground", "Cipher", "Storage", "Web", "Sheets", hummingbird, hummingbirdCore,
                httpTypes, logging, yaml, hummingbirdTesting,
            ]),
        tests(
            "GridsTests",
            [
                "Uploads", "Grids", "GridDesign", "Geo", "Registry", "Cases", "StorageTesting", "Identity", "Messages",
                "Places",
                "Ledger", "Desk", "Ground", "Cipher", "Storage", "Web", "Sheets", hummingbird, hummingbirdCore,
                httpTypes, logging, yaml, hummingbirdTesting,
            ]),
        tests(
            "MapTests",
            [
                "Uploads", "Map", "Grids", "Geo", "Cases", "WorkCalendar", "StorageTesting", "Identity", "Messages",
                "Places",
                "Ledger",
                "Desk", "Ground", "Cipher", "Storage", "Web", hummingbird, hummingbirdCore, httpTypes, nio, logging,
                hummingbirdTesting,
            ]),
        tests(
            "DemoCountyTests",
            [
                "gewu", logging,
                "DemoCounty", "Accounts", "Web", "Command", "Map", "Grids", "Geo", "Burdens", "Faults", "Funds",
                "Systems", "Visits", "Warnings",
                "Disputes", "Clues", "Forms", "Registry", "Workload", "Mandates", "GridDay",
                "Channels", "Closings", "Emergencies", "Cases", "Identity", "Messages", "Places", "Ledger", "Desk",
                "Storage",
                "StorageTesting", "Ground",
            ]),
        tests(
            "ServerTests",
            [
                "gewu", "Systems", "Warnings", "DemoCounty", "Channels", "Clues", "Mandates", "GridDay", "Cases",
                "Identity",
                "Messages",
                "Places",
                "Ledger",
                "Desk", "Web",
                "Storage",
                "StorageTesting", "Ground", "Cipher", hummingbird, hummingbirdCore, logging, hummingbirdTesting,
                httpTypes, nio,
            ]),
    ],
    swiftLanguageModes: [.v6]
)
