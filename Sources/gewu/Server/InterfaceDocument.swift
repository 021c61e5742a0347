import Desk
import Ground
import Hummingbird
import HummingbirdCore
import Synchronization
import Web

/// `/api/v1/openapi.json`: what programs may ask of this server, in the reader's language.
enum InterfaceDocument {
    static func add(to routes: Routes) {
        let title = routes.house.settings.title
        let catalogue = routes.catalogue
        let documents = Documents()
        routes.openPage("/api/v1/openapi.json") { visit in
            let document = documents.document(visit.language) { catalogue.document(title: title, $0) }
            return Response.json(document, headers: [.cacheControl: "no-cache", .vary: "Accept-Language, Cookie"])
        }
    }

    /// Written once for each language, when the first reader comes: by then all rooms have added their operations.
    private final class Documents: Sendable {
        private let written = Mutex<[Language: [UInt8]]>([:])

        func document(_ language: Language, _ write: (Language) -> [UInt8]) -> [UInt8] {
            written.withLock { written in
                if let document = written[language] { return document }
                let document = write(language)
                written[language] = document
                return document
            }
        }
    }
}
