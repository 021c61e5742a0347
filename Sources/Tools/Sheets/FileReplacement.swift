import Glibc
import Ground

/// A file under a temporary name beside its place, put there only when it is whole: readers never see half a file.
struct FileReplacement {
    let path: String
    let temporaryPath: String

    init(path: String) {
        self.path = path
        temporaryPath = path + ".partial-\(getpid())-" + String(UInt32.random(in: 0 ... .max), radix: 36)
    }

    var folder: String {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        return parts.isEmpty ? "." : parts.joined(separator: "/") + "/"
    }

    /// Forces the bytes to the disk, then takes the final name.
    func commit() throws(Refusal) {
        let file = Glibc.open(temporaryPath, O_RDONLY)
        guard file >= 0 else { throw SheetRefusals.write(path, errno) }
        let synced = fsync(file)
        let code = errno
        Glibc.close(file)
        guard synced == 0 else { throw SheetRefusals.write(path, code) }
        guard rename(temporaryPath, path) == 0 else { throw SheetRefusals.write(path, errno) }
    }

    func discard() { unlink(temporaryPath) }
}
