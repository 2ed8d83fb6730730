import Foundation
import Testing

/// Copies that tests use, and the folder beside the repository from which each was taken.
private let copies = ["scenarios", "formats", "configurations", "data", "kafka"]

private let shared = Repository.root.deletingLastPathComponent().appending(path: "shared")

@Test(
  .enabled(
    if: FileManager.default.fileExists(atPath: shared.path),
    "there is no ../shared beside the repository to compare with"),
  arguments: copies)
func `a copy under Tests has everything of what it was taken from, unchanged`(folder: String) throws
{
  let copy = "Tests/Shared/" + folder
  guard Repository.isFolder(copy) else { return }
  let original = shared.appending(path: folder)
  let names =
    (FileManager.default.enumerator(atPath: original.path)?.compactMap { $0 as? String })
    ?? []
  for name in names.sorted() where isCopied(name, in: folder) {
    let there = original.appending(path: name)
    guard (try? there.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile) == true else {
      continue
    }
    let here = Repository.root.appending(path: copy).appending(path: name)
    #expect(
      try Data(contentsOf: there) == (try? Data(contentsOf: here)),
      "\(copy)/\(name) has fallen behind: copy it again")
  }
}

/// The jars of Kafka stay where they are, its starter is ours since it was taken over, and what is written for
/// readers names paths of its own place.
private func isCopied(_ name: String, in folder: String) -> Bool {
  guard name != "README.md" else { return false }
  return folder != "kafka" || !(name.hasPrefix("libs-") || name == "kafka")
}
