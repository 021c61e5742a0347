import Foundation
import Ground

/// Finds what ships beside the program: `Rules` and `Web`.
enum Resources {
    static func folder(_ name: String) throws(Refusal) -> String {
        let places = self.places
        guard let found = places.first(where: { isFolder($0 + "/" + name) }) else {
            throw Refusal(
                .unavailable, "config.resources",
                LocalizedText(
                    "找不到随附目录 \(name)（已查找：\(places.joined(separator: "、"))）",
                    "The folder \(name) that ships with Gewu was not found (looked in \(places.joined(separator: ", ")))"
                ),
                wayOn: LocalizedText(
                    "请把 \(name) 放在程序旁或 /usr/share/gewu", "Put \(name) beside the program or in /usr/share/gewu"))
        }
        return found + "/" + name
    }

    /// Beside the program, here, above the program (a build folder lies inside the project), then the system's place.
    static var places: [String] {
        let files = FileManager.default
        var places: [String] = []
        let program = (try? files.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        var folder = (program as NSString).deletingLastPathComponent
        places.append(folder)
        places.append(files.currentDirectoryPath)
        for _ in 0..<5 where folder != "/" && !folder.isEmpty {
            folder = (folder as NSString).deletingLastPathComponent
            places.append(folder)
        }
        places.append("/usr/share/gewu")
        return places
    }

    private static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }
}
