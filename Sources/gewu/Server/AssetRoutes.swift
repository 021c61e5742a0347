import Desk
import Ground
import Hummingbird
import HummingbirdCore
import Web

/// The browser's files, each under an address with its hash.
struct AssetRoutes: Sendable {
    let assets: StaticFiles

    func add(to router: Router<DeskContext>) {
        router.get("/assets/:hash/**") { [assets] request, context in
            let name = context.parameters.getCatchAll().joined(separator: "/")
            let hash = context.parameters.get("hash") ?? ""
            guard let response = assets.response(hash: hash, name: QueryParameters.decoded(name), request: request)
            else { throw Refusal.nothingHere }
            return response
        }
    }
}
