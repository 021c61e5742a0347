import Foundation

/// Reads areas (each: count of corners, then x and y of each, as doubles) and points from two files, finds the area of each
/// point with the product's own index, writes the answers, and prints how long it took.
func doubles(_ path: String) -> [Double] {
    guard let data = FileManager.default.contents(atPath: path) else { fatalError("cannot read \(path)") }
    return data.withUnsafeBytes { Array($0.bindMemory(to: Double.self)) }
}

let arguments = CommandLine.arguments
guard arguments.count == 4 else { fatalError("usage: point-in-area AREAS POINTS ANSWERS") }
let numbers = doubles(arguments[1])
var areas: [[Polygon]] = []
var at = 0
while at < numbers.count {
    let count = Int(numbers[at])
    let corners = (0..<count).map { Position(x: numbers[at + 1 + 2 * $0], y: numbers[at + 2 + 2 * $0]) }
    areas.append([Polygon(outer: Ring(corners: corners))])
    at += 1 + 2 * count
}
let points = doubles(arguments[2])
let clock = ContinuousClock()
var made: AreaIndex?
let making = clock.measure { made = AreaIndex(areas) }
guard let index = made else { fatalError("no index") }
var answers = [Int32](repeating: -1, count: points.count / 2)
let finding = clock.measure {
    for number in answers.indices {
        let point = Position(x: points[2 * number], y: points[2 * number + 1])
        answers[number] = Int32(index.area(at: point) ?? -1)
    }
}
try answers.withUnsafeBytes { Data($0) }.write(to: URL(fileURLWithPath: arguments[3]))
func seconds(_ duration: Duration) -> Double { Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18 }
print("{\"build\": \(seconds(making)), \"query\": \(seconds(finding))}")
