import Foundation
import Ground

/// The secrets of one installation: one file that only its owner may read. Losing it means losing the personal
/// elements; so it is made once, and never overwritten.
public struct KeyRing: Sendable {
    public let vault: Vault
    public let signing: SigningKey
    /// Signs session cookies and form tokens.
    public let session: [UInt8]

    public init(seed: [UInt8]) {
        func derived(_ use: String) -> [UInt8] { Digest.authentication(of: Array(use.utf8), key: seed) }
        vault = Vault(sealing: derived("gewu sealing 1"), indexing: derived("gewu indexing 1"))
        signing = SigningKey(seed: derived("gewu signing 1"))
        session = derived("gewu session 1")
    }

    /// Keys for tests: everything follows from the name.
    public static func forTests(_ name: String = "test") -> KeyRing { KeyRing(seed: Digest.sha256(name)) }

    /// Reads the key file, or makes it when there is none.
    public static func loadOrCreate(at path: String) throws -> KeyRing {
        let files = FileManager.default
        if !files.fileExists(atPath: path) {
            let folder = (path as NSString).deletingLastPathComponent
            if !folder.isEmpty { try files.createDirectory(atPath: folder, withIntermediateDirectories: true) }
            let text = "gewu-key-1 " + SecureRandom.bytes(32).hexadecimal + "\n"
            let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL, 0o600)
            // Another process may have been first: then its key counts.
            if descriptor >= 0 {
                let bytes = Array(text.utf8)
                let written = write(descriptor, bytes, bytes.count)
                let synced = fsync(descriptor)
                close(descriptor)
                guard written == bytes.count, synced == 0 else {
                    unlink(path)
                    throw Refusal(
                        .unavailable, "cipher.key-file-write",
                        LocalizedText("无法写入密钥文件 \(path)（磁盘已满？）", "The key file \(path) cannot be written (disk full?)"))
                }
            }
        }
        guard let data = files.contents(atPath: path) else {
            throw Refusal(
                .unavailable, "cipher.key-file-read",
                LocalizedText("无法读取密钥文件 \(path)", "The key file \(path) cannot be read"),
                wayOn: LocalizedText(
                    "请检查文件权限，或在配置中指定 keys", "Check its permissions, or name it as `keys` in the configuration"))
        }
        let parts = String(decoding: data, as: UTF8.self).split(whereSeparator: \.isWhitespace)
        guard parts.count == 2, parts[0] == "gewu-key-1", let seed = [UInt8](hexadecimal: parts[1]), seed.count == 32
        else {
            throw Refusal(
                .fault, "cipher.key-file-damaged",
                LocalizedText("密钥文件 \(path) 已损坏", "The key file \(path) is damaged"),
                wayOn: LocalizedText("请从备份恢复该文件，不要删除", "Restore it from a backup; do not delete it"))
        }
        return KeyRing(seed: seed)
    }
}
