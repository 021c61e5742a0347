import CZip
import CZlib
import Glibc
import Ground
import Sheets
import Testing

/// A folder of a test's own, gone with it.
final class TemporaryFolder {
    let path: String

    init() {
        path = "/tmp/gewu-sheets-\(getpid())-\(UInt64.random(in: 0 ... .max))"
        mkdir(path, 0o700)
    }

    deinit {
        for name in names { unlink(path + "/" + name) }
        rmdir(path)
    }

    var names: [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    func file(_ name: String, _ bytes: [UInt8]) throws -> String {
        let full = path + "/" + name
        let file = try #require(fopen(full, "wb"))
        defer { fclose(file) }
        #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count)
        return full
    }

    func file(_ name: String, _ text: String) throws -> String { try file(name, Array(text.utf8)) }

    func bytes(_ full: String) throws -> [UInt8] {
        let file = try #require(fopen(full, "rb"))
        defer { fclose(file) }
        var all: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = fread(&piece, 1, piece.count, file)
            if count == 0 { return all }
            all.append(contentsOf: piece[..<count])
        }
    }

    func gzip(_ name: String, _ text: String) throws -> String {
        let full = path + "/" + name
        let file = try #require(gzopen(full, "wb"))
        let bytes = Array(text.utf8)
        #expect(gzwrite(file, bytes, UInt32(bytes.count)) == Int32(bytes.count))
        gzclose(file)
        return full
    }

    /// A zip file of these parts.
    func zip(_ name: String, _ parts: [(name: String, text: String)]) throws -> String {
        let full = path + "/" + name
        var code: Int32 = 0
        let archive = try #require(zip_open(full, Int32(ZIP_CREATE | ZIP_TRUNCATE), &code))
        var buffers: [UnsafeMutableRawPointer] = []
        defer { buffers.forEach { free($0) } }
        for part in parts {
            let bytes = Array(part.text.utf8)
            let copy = try #require(malloc(max(1, bytes.count)))
            copy.copyMemory(from: bytes, byteCount: bytes.count)
            buffers.append(copy)
            let source = try #require(zip_source_buffer(archive, copy, UInt64(bytes.count), 0))
            #expect(zip_file_add(archive, part.name, source, zip_flags_t(ZIP_FL_ENC_UTF_8)) >= 0)
        }
        #expect(zip_close(archive) == 0)
        return full
    }
}

/// A workbook written by hand: for what our own writer never makes.
struct WorkbookFixture {
    var sheetData = ""
    var afterData = ""
    var sharedTexts: String?
    var styles: String?
    var workbookProperties = ""
    var prologue = #"<?xml version="1.0" encoding="UTF-8"?>"#

    private static let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    private static let kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    private static let packages = "http://schemas.openxmlformats.org/package/2006/relationships"

    var parts: [(name: String, text: String)] {
        var parts = [
            (
                "_rels/.rels",
                #"<Relationships xmlns="\#(Self.packages)"><Relationship Id="r1" Type="\#(Self.kinds)/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
            ),
            (
                "xl/workbook.xml",
                #"<workbook xmlns="\#(Self.main)" xmlns:r="\#(Self.kinds)">\#(workbookProperties)<sheets><sheet name="隐藏" sheetId="2" state="hidden" r:id="r2"/><sheet name="台账" sheetId="1" r:id="r1"/></sheets></workbook>"#
            ),
            (
                "xl/_rels/workbook.xml.rels",
                #"<Relationships xmlns="\#(Self.packages)"><Relationship Id="r1" Type="\#(Self.kinds)/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="\#(Self.kinds)/worksheet" Target="/xl/worksheets/sheet2.xml"/><Relationship Id="r3" Type="\#(Self.kinds)/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="r4" Type="\#(Self.kinds)/styles" Target="styles.xml"/></Relationships>"#
            ),
            (
                "xl/worksheets/sheet1.xml",
                #"\#(prologue)<worksheet xmlns="\#(Self.main)"><sheetData>\#(sheetData)</sheetData>\#(afterData)</worksheet>"#
            ),
            (
                "xl/worksheets/sheet2.xml",
                #"<worksheet xmlns="\#(Self.main)"><sheetData><row r="1"><c r="A1"><v>2</v></c></row></sheetData></worksheet>"#
            ),
        ]
        if let sharedTexts {
            parts.append(("xl/sharedStrings.xml", #"<sst xmlns="\#(Self.main)">\#(sharedTexts)</sst>"#))
        }
        if let styles { parts.append(("xl/styles.xml", #"<styleSheet xmlns="\#(Self.main)">\#(styles)</styleSheet>"#)) }
        return parts
    }
}

extension SheetReader {
    func allRows() throws -> [SheetRow] {
        var rows: [SheetRow] = []
        try forEachRow { rows.append($0) }
        return rows
    }
}

/// The code of the refusal that the closure throws; nil when it throws none.
func refusalCode(_ body: () throws -> Void) -> String? {
    do {
        try body()
        return nil
    } catch {
        return (error as? Refusal)?.code ?? "\(error)"
    }
}
