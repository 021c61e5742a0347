import CZip
import Glibc
import Ground

/// The zip file that a workbook is: parts by name, unpacked piece by piece within the limits.
final class WorkbookPackage {
    let path: String
    let limits: SheetLimits
    private let archive: OpaquePointer

    init(path: String, limits: SheetLimits) throws(Refusal) {
        self.path = path
        self.limits = limits
        var code: Int32 = 0
        guard let opened = zip_open(path, Int32(ZIP_RDONLY), &code) else {
            let detail = code == ZIP_ER_OPEN ? String(cString: strerror(errno)) : "zip \(code)"
            throw SheetRefusals.damagedWorkbook(path, part: "zip", detail: detail)
        }
        archive = opened
        try checkSizes()
    }

    deinit { zip_discard(archive) }

    private func checkSizes() throws(Refusal) {
        let count = zip_get_num_entries(archive, 0)
        guard count <= limits.parts else {
            throw SheetRefusals.damagedWorkbook(path, part: "zip", detail: "\(count) > \(limits.parts)")
        }
        var total: Int64 = 0
        for index in 0..<UInt64(max(0, count)) {
            var status = zip_stat_t()
            guard zip_stat_index(archive, index, 0, &status) == 0 else { continue }
            let (sum, overflow) = total.addingReportingOverflow(Int64(clamping: status.size))
            guard !overflow, sum <= limits.unpackedBytes else {
                throw SheetRefusals.unpacksTooLarge(path, limit: limits.unpackedBytes)
            }
            total = sum
        }
    }

    func contains(_ part: String) -> Bool { zip_name_locate(archive, part, zip_flags_t(ZIP_FL_NOCASE)) >= 0 }

    /// The unpacked size a part claims, in bytes.
    func size(of part: String) -> Int64 {
        var status = zip_stat_t()
        return zip_stat(archive, part, zip_flags_t(ZIP_FL_NOCASE), &status) == 0 ? Int64(clamping: status.size) : 0
    }

    /// Unpacks a part and tells its events. The listener's own errors are thrown on.
    /// - Parameter progress: called with the unpacked bytes read so far.
    func read(_ part: String, _ events: any XMLEvents, progress: (Int64) -> Void = { _ in }) throws {
        guard let reading = XMLReading(events) else { throw damaged(part, "memory") }
        do {
            try unpack(part) { bytes, soFar, isLast in
                progress(soFar)
                try reading.parse(bytes, isLast: isLast)
            }
        } catch let broken as XMLReading.Broken {
            throw damaged(part, "XML \(broken.line): \(broken.reason)")
        }
    }

    /// A whole part, held in memory; whoever asks has set `limits` to what may be held.
    func bytes(of part: String) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try unpack(part) { piece, _, _ in piece.withMemoryRebound(to: UInt8.self) { bytes.append(contentsOf: $0) } }
        return bytes
    }

    /// The names of all parts.
    var parts: [String] {
        (0..<UInt64(max(0, zip_get_num_entries(archive, 0)))).compactMap { index in
            zip_get_name(archive, index, 0).map { String(cString: $0) }
        }
    }

    private func unpack(
        _ part: String, _ body: (UnsafeBufferPointer<CChar>, _ soFar: Int64, _ isLast: Bool) throws -> Void
    ) throws {
        var status = zip_stat_t()
        guard zip_stat(archive, part, zip_flags_t(ZIP_FL_NOCASE), &status) == 0 else { throw damaged(part, "missing") }
        guard status.encryption_method == UInt16(ZIP_EM_NONE) else { throw SheetRefusals.encryptedWorkbook(path) }
        let size = Int64(clamping: status.size)
        if size > limits.ratioFreeBytes, size / max(1, Int64(clamping: status.comp_size)) > limits.unpackingRatio {
            throw SheetRefusals.unpacksTooMuch(path, part: part, ratio: limits.unpackingRatio)
        }
        guard let file = zip_fopen_index(archive, status.index, 0) else { throw damaged(part, reason(archive)) }
        defer { zip_fclose(file) }
        var soFar: Int64 = 0
        var buffer = [CChar](repeating: 0, count: 64 << 10)
        while true {
            let count = Int(zip_fread(file, &buffer, UInt64(buffer.count)))
            guard count >= 0 else { throw damaged(part, fileReason(file)) }
            soFar += Int64(count)
            // The directory of a hostile file may lie about the size.
            guard soFar <= max(size, 0) else { throw damaged(part, "\(soFar) > \(size)") }
            try buffer.withUnsafeBufferPointer { bytes in
                try body(UnsafeBufferPointer(rebasing: bytes[..<count]), soFar, count == 0)
            }
            if count == 0 { break }
        }
        guard soFar == size else { throw damaged(part, "\(soFar) < \(size)") }
    }

    /// Whether every sheet of a workbook just written is there to its last byte. The writing library does not notice
    /// when its temporary files fill the disk and leave a hole.
    /// - Parameter rowBytes: for each sheet, in order, the bytes of XML that its rows alone take.
    static func isComplete(_ path: String, rowBytes: [Int64]) -> Bool {
        var limits = SheetLimits()
        (limits.unpackedBytes, limits.unpackingRatio, limits.parts) = (.max, .max, .max)
        guard let package = try? WorkbookPackage(path: path, limits: limits) else { return false }
        let ending = Array("</worksheet>".utf8CString.dropLast())
        for (index, expected) in rowBytes.enumerated() {
            let part = "xl/worksheets/sheet\(index + 1).xml"
            guard package.size(of: part) > expected else { return false }
            var tail: [CChar] = []
            do {
                try package.unpack(part) { bytes, _, _ in
                    tail = (tail + bytes.suffix(ending.count)).suffix(ending.count)
                }
            } catch {
                return false
            }
            guard tail == ending else { return false }
        }
        return true
    }

    private func damaged(_ part: String, _ detail: String) -> Refusal {
        SheetRefusals.damagedWorkbook(path, part: part, detail: detail)
    }

    private func reason(_ archive: OpaquePointer) -> String {
        zip_strerror(archive).map { String(cString: $0) } ?? "zip"
    }

    private func fileReason(_ file: OpaquePointer) -> String {
        zip_file_strerror(file).map { String(cString: $0) } ?? "zip"
    }
}
