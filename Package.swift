// swift-tools-version: 6.2
import PackageDescription

// Every target of ours is compiled the same way: Swift 6 language mode, honest imports, no warning left standing.
let house: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let cryptoExtras: Target.Dependency = .product(name: "CryptoExtras", package: "swift-crypto")
let asn1: Target.Dependency = .product(name: "SwiftASN1", package: "swift-asn1")
let x509: Target.Dependency = .product(name: "X509", package: "swift-certificates")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

// Everything builds without the targets that need SwiftNIO when ASSAY_WITHOUT_NETWORK is set: for coverage and
// sanitizers, where BoringSSL and NIO would be most of the work. The program then says that it was built without.
let hasNetwork = Context.environment["ASSAY_WITHOUT_NETWORK"] == nil
let network: [Target.Dependency] = hasNetwork ? ["TransportNIO"] : []
let nio: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
    .product(name: "NIOSSL", package: "swift-nio-ssl"),
]
let nioHTTP: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioTLS: Target.Dependency = .product(name: "NIOTLS", package: "swift-nio")

// An auditor's machine need have nothing but its kernel: ASSAY_STATIC links the verifier with no library left outside
// (Linux; make build). glibc's warnings are about look-ups of users and hosts, of which the verifier makes none.
let verifierLinking: [LinkerSetting] =
    Context.environment["ASSAY_STATIC"] == nil
    ? []
    : [
        .unsafeFlags(
            ["-static-executable", "-use-ld=lld", "-Xlinker", "--no-warnings"], .when(platforms: [.linux]))
    ]

// Built unless ASSAY_WITHOUT_NETWORK is set.
let networkTargets: [Target] = [
    .target(
        name: "TransportNIO",
        dependencies: [
            "Transport", "Formats", .product(name: "AsyncHTTPClient", package: "async-http-client"), nioHTTP,
            nioTLS,
        ] + nio,
        swiftSettings: house),
    // A server of recorded exchanges on the loopback interface.
    .target(
        name: "LoopbackServer", dependencies: ["Formats", nioHTTP] + nio, path: "Tests/LoopbackServer",
        swiftSettings: house),
    .testTarget(
        name: "TransportNIOTests",
        dependencies: [
            "Transport", "TransportNIO", "LoopbackServer", "Formats", "Intake", "Evidence", "Catalog",
            "TestSupport",
            cryptoExtras,
        ] + nio,
        swiftSettings: house),
]

// The order is the architecture: a target may import only what stands above it (docs/architecture.md).
let package = Package(
    name: "assay",
    products: [
        .executable(name: "assay", targets: ["assay"]),
        .executable(name: "assay-verify", targets: ["assay-verify"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    ]
        + (hasNetwork
            ? [
                .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
                .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
                .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
            ] : []),
    targets: [
        .target(name: "CAssets"),
        .target(name: "Formats", swiftSettings: house),
        .target(name: "Expressions", dependencies: ["Formats"], swiftSettings: house),
        .target(
            name: "Ledger", dependencies: ["Formats", crypto, cryptoExtras, asn1, x509], swiftSettings: house),
        .target(name: "Transport", dependencies: ["Formats"], swiftSettings: house),
        .target(name: "Storage", swiftSettings: house),
        .target(
            name: "StorageSQLite",
            dependencies: [
                "Storage", crypto, .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            swiftSettings: house),
        .target(name: "Catalog", dependencies: ["Formats", "CAssets"], swiftSettings: house),
        .target(
            name: "Programs",
            dependencies: ["Formats", "Catalog", "Expressions", .product(name: "Yams", package: "Yams")],
            swiftSettings: house),
        .target(
            name: "Evidence",
            dependencies: ["Formats", "Expressions", "Ledger", "Storage", "Catalog", crypto],
            swiftSettings: house),
        .target(
            name: "Assessment",
            dependencies: ["Formats", "Expressions", "Catalog", "Programs", "Evidence", "Ledger"],
            swiftSettings: house),
        // libxml2 behind few functions; Foundation's parser, which stands on it as well, is several times slower.
        .target(
            name: "CXML", cSettings: [.unsafeFlags(["-I/usr/include/libxml2"])],
            linkerSettings: [.linkedLibrary("xml2")]),
        .target(
            name: "Intake",
            dependencies: [
                "CXML", "Formats", "Catalog", "Evidence", "Ledger", "Transport", crypto, cryptoExtras,
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: house),
        .target(name: "HTML", dependencies: ["Formats"], swiftSettings: house),
        .target(
            name: "Reports",
            dependencies: [
                "CAssets", "Formats", "Expressions", "Ledger", "Catalog", "Programs", "Evidence",
                "Assessment", "HTML",
            ],
            swiftSettings: house),
        .systemLibrary(name: "CHeap"),
        .target(
            name: "Workspaces",
            dependencies: [
                "CHeap", "Formats", "Ledger", "Storage", "StorageSQLite", "Catalog", "Programs", "Evidence",
                "Assessment", "Intake", "Reports", "Transport",
            ] + network,
            swiftSettings: house + (hasNetwork ? [] : [.define("WITHOUT_NETWORK")])),
        .target(
            name: "PackageCommands", dependencies: ["Formats", "Ledger", "Evidence", "Reports", arguments],
            swiftSettings: house),
        .target(name: "Examples", dependencies: ["Formats"], swiftSettings: house),
        .target(
            name: "Templates", dependencies: ["CAssets", "Formats", "Catalog", "Examples"],
            swiftSettings: house),
        .target(
            name: "CLI",
            dependencies: [
                "Formats", "Expressions", "Ledger", "Catalog", "Programs", "Evidence", "Assessment", "Intake",
                "Reports", "Workspaces", "PackageCommands", "Examples", "Templates", arguments,
            ],
            swiftSettings: house),
        .executableTarget(name: "assay", dependencies: ["CLI"], swiftSettings: house),
        .executableTarget(
            name: "assay-verify", dependencies: ["PackageCommands", arguments], swiftSettings: house,
            linkerSettings: verifierLinking),
        // In this package, because its `package` declarations are visible nowhere else.
        .executableTarget(
            name: "assay-benchmarks",
            dependencies: [
                "Formats", "Expressions", "Ledger", "Storage", "StorageSQLite", "Catalog", "Programs",
                "Evidence", "Assessment", "Intake", "Examples", "Workspaces", "Reports", "Workload", crypto,
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            path: "Benchmarks",
            exclude: ["Workload", "Oracles"],
            swiftSettings: house),
        // A target of its own, so that tests draw the same evidence.
        .target(
            name: "Workload",
            dependencies: [
                "Formats", "Expressions", "Storage", "Catalog", "Programs", "Evidence", "Assessment", crypto,
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            path: "Benchmarks/Workload",
            swiftSettings: house),

        // Apart from libFuzzer, so that tests build and try what it drives.
        .target(
            name: "FuzzTargets",
            dependencies: [
                "Formats", "Expressions", "Ledger", "Transport", "Programs", "Evidence", "Assessment",
                "Intake",
                "Reports", "Examples",
            ],
            path: "Fuzz/Targets", swiftSettings: house),
        .target(
            name: "TestSupport", dependencies: ["Formats"], path: "Tests/TestSupport", swiftSettings: house),
        .testTarget(name: "FormatsTests", dependencies: ["Formats", "TestSupport"], swiftSettings: house),
        .testTarget(
            name: "ExpressionsTests", dependencies: ["TestSupport", "Expressions", "Formats"],
            exclude: ["cel-spec"],
            swiftSettings: house),
        .testTarget(
            name: "LedgerTests", dependencies: ["TestSupport", "Ledger", "Formats", crypto],
            swiftSettings: house),
        .testTarget(name: "TransportTests", dependencies: ["Transport", "Formats"], swiftSettings: house),
        .testTarget(name: "StorageTests", dependencies: ["Storage", "StorageSQLite"], swiftSettings: house),
        .testTarget(name: "CatalogTests", dependencies: ["Catalog", "Formats"], swiftSettings: house),
        .testTarget(
            name: "ProgramsTests", dependencies: ["TestSupport", "Programs", "Catalog", "Formats"],
            swiftSettings: house),
        .testTarget(
            name: "EvidenceTests",
            dependencies: [
                "TestSupport", "Evidence", "Catalog", "Expressions", "Formats", "Ledger", "Storage",
                "StorageSQLite",
            ],
            swiftSettings: house),
        .testTarget(
            name: "AssessmentTests",
            dependencies: [
                "TestSupport",
                "Assessment", "Programs", "Evidence", "Catalog", "Expressions", "Formats", "Ledger",
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            swiftSettings: house),
        .testTarget(
            name: "IntakeTests",
            dependencies: ["TestSupport", "Intake", "Evidence", "Catalog", "Formats", "Ledger", "Transport"],
            swiftSettings: house),
        .testTarget(
            name: "ExamplesTests", dependencies: ["Examples", "Formats", "CAssets"], swiftSettings: house),
        .testTarget(name: "HTMLTests", dependencies: ["HTML"], swiftSettings: house),
        .testTarget(
            name: "TemplatesTests",
            dependencies: [
                "Templates", "Examples", "Programs", "Catalog", "Formats", "Assessment", "Evidence", "Ledger",
            ],
            swiftSettings: house),
        .testTarget(
            name: "ReportsTests",
            dependencies: [
                "TestSupport", "Reports", "Assessment", "Catalog", "Evidence", "Formats", "Ledger",
                "Programs",
            ],
            swiftSettings: house),
        .testTarget(
            name: "WorkspacesTests",
            dependencies: [
                "TestSupport", "Workspaces", "Assessment", "Evidence", "Intake", "Programs", "Reports",
                "Storage", "Formats", "Ledger",
            ],
            swiftSettings: house
        ),
        .testTarget(
            name: "FuzzTests", dependencies: ["FuzzTargets", "TestSupport"], swiftSettings: house),
        .testTarget(
            name: "WorkloadTests",
            dependencies: [
                "Workload", "Assessment", "Programs", "Evidence", "Catalog", "Formats", "Ledger", "Storage",
            ],
            swiftSettings: house),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "TestSupport",
                "assay", "assay-verify", "Assessment", "Evidence", "Examples", "Formats", "Ledger", "Reports",
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ] + (hasNetwork ? ["LoopbackServer"] : []),
            swiftSettings: house + (hasNetwork ? [] : [.define("WITHOUT_NETWORK")])),
    ]
        + (hasNetwork ? networkTargets : [])
)

// libFuzzer's runtime must be at hand to link this; so the fuzz targets are there only when asked for (make fuzz).
if let runtime = Context.environment["ASSAY_FUZZ_RUNTIME"] {
    package.targets += [
        .target(name: "CLibFuzzer", path: "Fuzz/CLibFuzzer"),
        .executableTarget(
            name: "assay-fuzz", dependencies: ["CLibFuzzer", "FuzzTargets"], path: "Fuzz/Driver",
            swiftSettings: house,
            linkerSettings: [.unsafeFlags([runtime, "-lstdc++"])]),
    ]
}
