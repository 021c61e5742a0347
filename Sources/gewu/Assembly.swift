import Accounts
import Appraisals
import Burdens
import Cases
import Channels
import Cipher
import Closings
import Clues
import Command
import DemoCounty
import Desk
import Disputes
import Emergencies
import Faults
import Forms
import Foundation
import Funds
import GridDay
import Grids
import Ground
import Identity
import Ledger
import Mandates
import Map
import Messages
import Places
import Registry
import Storage
import Systems
import Uploads
import Visits
import Warnings
import Web
import Workload

/// The one place that wires everything: which rooms there are, in which order their schemas grow, and what the house
/// they stand in is made of.
enum Assembly {
    /// Every step of the schema, lowest room first.
    static let migrations: [Migration] =
        Once.migrations + Readiness.migrations + KeyMark.migrations + Ledger.migrations + Places.migrations
        + Messages.migrations + UploadQueue.migrations + Identity.migrations + Cases.migrations + OneMap.migrations
        + Closings.migrations
        + Channels.migrations
        + GridDay.migrations + Warnings.migrations + Emergencies.migrations
        + Disputes.migrations + Clues.migrations + UnifiedCommand.migrations
        + Mandates.migrations + Workload.migrations + Burdens.migrations + Funds.migrations + Registry.migrations
        + Forms.migrations + Systems.migrations
        + Grids.migrations + Visits.migrations

    /// The rights of all rooms: a role that names another is refused.
    static let rights = Set(
        Ledger.rights + Places.rights + Messages.rights + Identity.rights + Cases.rights + Closings.rights
            + Channels.rights + GridDay.rights + Emergencies.rights + UnifiedCommand.rights + Grids.rights
    )

    /// All rooms of one house.
    struct Rooms: Sendable {
        let ledger: Ledger
        let places: Places
        let messages: Messages
        let identity: Identity
        let cases: Cases
        let closings: Closings
        let channels: Channels
        let gridDay: GridDay
        let warnings: Warnings
        let emergencies: Emergencies
        let disputes: Disputes
        let clues: Clues
        let command: UnifiedCommand
        let map: OneMap
        let mandates: Mandates
        let workload: Workload
        let burdens: Burdens
        let faults: Faults
        let appraisals: Appraisals
        let accounts: Accounts
        let funds: Funds
        let registry: Registry
        let forms: Forms
        let grids: Grids
        let systems: Systems
        let visits: Visits

        /// Reads every rule file: what is wrong in one is told with its line.
        init(in house: House, numbers: CaseNumberSource = CaseNumberSource()) throws(Refusal) {
            places = Places(
                house: house, ground: GroundOfGrids(house: house), people: PeopleOfPosts(clock: house.clock))
            let bodies = BodiesOfPlaces(clock: house.clock, places: places)
            messages = Messages(house: house, sender: OutboxFileSender(path: house.settings.outboxFile))
            identity = try Identity(house: house, knownRights: Assembly.rights, bodies: bodies)
            let closed = try ClosedMatters(house: house)
            let board = SaturationBoard()
            cases = try Cases(
                house: house, identity: identity, bodies: bodies,
                areas: AreasOfPlaces(places: places), numbers: numbers, followers: [closed],
                saturation: SaturationOfPosts(board: board))
            closings = try Closings(house: house, identity: identity, cases: cases, closed: closed, bodies: bodies)
            channels = try Channels(house: house, identity: identity, cases: cases, places: places, bodies: bodies)
            let listing = ProgramListing(of: house)
            gridDay = try GridDay(
                house: house, identity: identity, cases: cases, places: places, bodies: bodies,
                program: { try listing.program() })
            warnings = try Warnings(house: house, cases: cases, day: gridDay, places: places)
            emergencies = try Emergencies(house: house, identity: identity, places: places)
            disputes = try Disputes(house: house, identity: identity, cases: cases, places: places)
            clues = Clues(house: house, identity: identity, places: places, cases: cases)
            command = try UnifiedCommand(
                house: house, identity: identity, cases: cases, emergencies: emergencies, places: places)
            let forecast = try Forecast(
                house: house, identity: identity, places: places, matters: CountsOfCases(cases: cases))
            mandates = try Mandates(
                house: house, identity: identity, places: places, forecast: forecast,
                powerFollowers: [try ReturnedPowers(house: house, cases: cases)],
                means: MeansOfStreets(forecast: forecast))
            workload = try Workload(
                house: house, identity: identity, places: places, mandates: mandates, forecast: forecast,
                records: ActsOfCases(cases: cases),
                board: board)
            burdens = try Burdens(house: house, identity: identity, places: places)
            faults = try Faults(
                house: house, places: places, cases: cases, mandates: mandates, workload: workload)
            appraisals = try Appraisals(house: house, cases: cases, mandates: mandates)
            funds = try Funds(house: house, places: places)
            accounts = try Accounts(
                house: house, identity: identity, places: places, cases: cases, mandates: mandates,
                workload: workload, faults: faults, funds: funds, appraisals: appraisals, burdens: burdens)
            for panels in [places.bodyPanels, appraisals.panels] {
                panels.add { [accounts] in accounts.cardLink(of: $0, $1) }
            }
            let dictionary = try DataDictionary.load(from: house.rules)
            let engine = try FormEngine(rules: house.rules, dictionary: dictionary)
            registry = try Registry(
                house: house, identity: identity, places: places, dictionary: dictionary, followers: [engine])
            forms = try Forms(house: house, registry: registry, places: places, engine: engine)
            grids = try Grids(house: house, identity: identity, cases: cases, places: places)
            map = try OneMap(
                house: house, identity: identity, places: places, cases: cases, grids: grids,
                themes: [
                    .loads(workload, places), .burdens(accounts, places), .warnings(warnings, places, house),
                ])
            systems = try Systems(house: house, places: places, registry: registry, forms: forms)
            workload.panels.add { [systems] in try await systems.retypingPanel($0) }
            visits = try Visits(
                house: house, identity: identity, places: places, registry: registry, forms: forms,
                cases: cases)
            ledger = Ledger(
                house: house,
                words: [
                    cases.ledgerWords, identity.ledgerWords, places.ledgerWords, Closings.ledgerWords,
                    Channels.ledgerWords,
                    GridDay.ledgerWords, Warnings.ledgerWords, Workload.ledgerWords, Burdens.ledgerWords,
                    Emergencies.ledgerWords,
                    Disputes.ledgerWords, Clues.ledgerWords, UnifiedCommand.ledgerWords, Mandates.ledgerWords,
                    Registry.ledgerWords, Forms.ledgerWords,
                    Systems.ledgerWords, Funds.ledgerWords, Grids.ledgerWords, Visits.ledgerWords, OneMap.ledgerWords,
                    DemoCounty.ledgerWords,
                ]
            )
        }

        /// Lowest first.
        var all: [any Room] {
            [
                ledger, places, messages, identity, cases, closings, channels, gridDay, warnings, emergencies,
                disputes, clues, command, map, mandates, workload, burdens, faults, appraisals, accounts, funds,
                registry, forms,
                systems, visits,
                grids,
            ]
        }
    }

    /// Opens the database and brings its schema forward.
    static func openDatabase(_ configuration: Configuration, _ console: Console) async throws -> any Database {
        try DatabaseFile.requireWritable(configuration)
        return try await DatabaseFile.named(configuration) { try await openAndMigrate(configuration, console) }
    }

    private static func openAndMigrate(
        _ configuration: Configuration, _ console: Console
    ) async throws -> any Database {
        let database = try openDatabaseWithoutMigrating(configuration)
        do {
            let steps = try await Migrator.migrate(database, migrations)
            if !steps.isEmpty {
                console.say(
                    LocalizedText(
                        "数据库结构已更新：\(steps.count) 步", "The database schema was brought forward: \(steps.count) steps"))
            }
            return database
        } catch {
            await database.close()
            throw error
        }
    }

    static func openDatabaseWithoutMigrating(_ configuration: Configuration) throws -> any Database {
        try Storage.openDatabase(DatabaseLocation(configuration.database))
    }

    /// Everything of a house but its database, so that what is wrong with the rest is known before data are touched.
    struct Furniture: Sendable {
        /// Nil when there is no key file yet.
        let keys: KeyRing?
        let rules: RuleFiles
        let assets: StaticFiles
        let settings: House.Settings

        init(_ configuration: Configuration) throws {
            let own = configuration.ownRules
            if let own, !FileManager.default.fileExists(atPath: own) {
                throw Refusal(
                    .malformed, "config.rules",
                    LocalizedText(
                        "配置项 rules 指向的目录 \(own) 不存在", "The folder \(own) that `rules` names does not exist"))
            }
            rules = RuleFiles(shipped: try Resources.folder("Rules"), own: own)
            assets = try StaticFiles(folders: try Assembly.assetFolders(configuration))
            keys = try KeyMark.present(at: configuration.keysFile)
            settings = configuration.settings
        }

        func house(around database: any Database, keys: KeyRing) -> House {
            House(
                database: database, clock: SystemClock(), identifiers: IdentifierSource(), keys: keys, rules: rules,
                assets: assets, settings: settings, grounds: GroundsOfMandates())
        }
    }

    /// What ships first, then what was fetched, then the county's own.
    static func assetFolders(_ configuration: Configuration) throws -> [String] {
        let web = try Resources.folder("Web")
        return [web + "/assets", web + "/vendor"] + configuration.ownAssets
    }

    /// Opens everything, hands it over, and closes the database again whatever happens.
    static func withHouse<Value>(
        _ configuration: Configuration, _ console: Console, _ body: (House) async throws -> Value
    ) async throws -> Value {
        let furniture = try Furniture(configuration)
        let database = try await openDatabase(configuration, console)
        do {
            let keys = try await KeyMark.keys(furniture.keys, at: configuration.keysFile, for: database)
            let value = try await body(furniture.house(around: database, keys: keys))
            await database.close()
            return value
        } catch {
            await database.close()
            throw error
        }
    }
}
