internal import CRocksDB

/// Owns an open RocksDB.
struct Database: ~Copyable {
  typealias Entry = (key: [UInt8], value: [UInt8]?)

  private var handle: OpaquePointer?
  /// What all keys belong to.
  private var family: OpaquePointer?
  private let options: OpaquePointer?
  private let writing: OpaquePointer?
  private let reading: OpaquePointer?

  /// Opens it, or makes it where nothing is.
  ///
  /// - Parameters:
  ///   - cacheBytes: what is kept in memory of its files, indexes and filters included.
  ///   - isReadOnly: leaves all as it is, takes no lock and sees nothing of what is written later; its files
  ///     may be deleted meanwhile.
  init(_ path: String, cacheBytes: Int, isReadOnly: Bool = false) throws(StoreFailure) {
    let options = Self.makeOptions(cacheBytes: cacheBytes)
    var message: UnsafeMutablePointer<CChar>?
    if isReadOnly {
      rocksdb_options_set_create_if_missing(options, 0)
      // All are opened at once, so that none is missed when it is deleted.
      rocksdb_options_set_max_open_files(options, -1)
    }
    var family: OpaquePointer?
    let handle = "default".withCString { name in
      var names: UnsafePointer<CChar>? = name
      var families = options
      return isReadOnly
        ? rocksdb_open_for_read_only_column_families(
          options, path, 1, &names, &families, &family, 0, &message)
        : rocksdb_open_column_families(
          options, path, 1, &names, &families, &family, &message)
    }
    if let failure = Self.failure(message) {
      rocksdb_options_destroy(options)
      throw failure
    }
    self.options = options
    self.handle = handle
    self.family = family
    writing = rocksdb_writeoptions_create()
    // Kafka is the log.
    rocksdb_writeoptions_disable_WAL(writing, 1)
    reading = rocksdb_readoptions_create()
    rocksdb_readoptions_set_verify_checksums(reading, 1)
  }

  deinit {
    if let family { rocksdb_column_family_handle_destroy(family) }
    if let handle { rocksdb_close(handle) }
    rocksdb_writeoptions_destroy(writing)
    rocksdb_readoptions_destroy(reading)
    rocksdb_options_destroy(options)
  }

  /// Lets go of the files; nothing may be asked afterwards.
  mutating func close() {
    if let family { rocksdb_column_family_handle_destroy(family) }
    if let handle { rocksdb_close(handle) }
    family = nil
    handle = nil
  }

  /// Deletes all files of a database that is not open.
  static func delete(_ path: String) throws(StoreFailure) {
    let options = rocksdb_options_create()
    defer { rocksdb_options_destroy(options) }
    var message: UnsafeMutablePointer<CChar>?
    rocksdb_destroy_db(options, path, &message)
    if let failure = failure(message) { throw failure }
  }

  /// Bytes of its files.
  var byteCount: Int64 {
    guard let handle else { return 0 }
    var value: UInt64 = 0
    return rocksdb_property_int(handle, "rocksdb.live-sst-files-size", &value) == 0
      ? Int64(clamping: value) : 0
  }

  func get(_ key: [UInt8]) throws(StoreFailure) -> [UInt8]? {
    let handle = try opened()
    var count = 0
    var message: UnsafeMutablePointer<CChar>?
    let found = key.withUnsafeBytes { key in
      rocksdb_get(
        handle, reading, key.baseAddress?.assumingMemoryBound(to: CChar.self), key.count, &count,
        &message)
    }
    if let failure = Self.failure(message) { throw failure }
    guard let found else { return nil }
    defer { rocksdb_free(found) }
    return Array(UnsafeRawBufferPointer(start: found, count: count))
  }

  /// Lends the value of each of some keys, in their order; nil where there is none. Cheaper than to get one by one where
  /// they ascend.
  func forEachValue(
    of keys: [[UInt8]], _ body: (Int, [UInt8]?) throws(StoreFailure) -> Void
  ) throws(StoreFailure) {
    for start in stride(from: 0, to: keys.count, by: Self.keysAtOnce) {
      let some = keys[start..<min(start + Self.keysAtOnce, keys.count)]
      for (index, value) in try get(some).enumerated() { try body(start + index, value) }
    }
  }

  /// The library asks for as many at once.
  private static let keysAtOnce = 32

  private func get(_ keys: ArraySlice<[UInt8]>) throws(StoreFailure) -> [[UInt8]?] {
    let handle = try opened()
    let bytes = keys.flatMap { $0.lazy.map { CChar(bitPattern: $0) } }
    let counts = keys.map(\.count)
    var values = [OpaquePointer?](repeating: nil, count: keys.count)
    var messages = [UnsafeMutablePointer<CChar>?](repeating: nil, count: keys.count)
    bytes.withUnsafeBufferPointer { bytes in
      var end = 0
      let names = counts.map { count in
        end += count
        return bytes.baseAddress?.advanced(by: end - count)
      }
      rocksdb_batched_multi_get_cf(
        handle, reading, family, names.count, names, counts, &values, &messages, false)
    }
    defer { for value in values where value != nil { rocksdb_pinnableslice_destroy(value) } }
    let failures = messages.compactMap(Self.failure)
    if let failure = failures.first { throw failure }
    return values.map { value in
      guard let value else { return nil }
      var count = 0
      let bytes = rocksdb_pinnableslice_value(value, &count)
      return Array(UnsafeRawBufferPointer(start: bytes, count: count))
    }
  }

  /// Writes all or nothing; a nil value deletes.
  func write(_ entries: [Entry]) throws(StoreFailure) {
    let handle = try opened()
    let batch = rocksdb_writebatch_create()
    defer { rocksdb_writebatch_destroy(batch) }
    for entry in entries {
      entry.key.withUnsafeBytes { key in
        let name = key.baseAddress?.assumingMemoryBound(to: CChar.self)
        guard let value = entry.value else {
          rocksdb_writebatch_delete(batch, name, key.count)
          return
        }
        value.withUnsafeBytes {
          rocksdb_writebatch_put(
            batch, name, key.count, $0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count)
        }
      }
    }
    var message: UnsafeMutablePointer<CChar>?
    rocksdb_write(handle, writing, batch, &message)
    if let failure = Self.failure(message) { throw failure }
  }

  /// Everything written so far is on disk for good afterwards.
  func flush() throws(StoreFailure) {
    let handle = try opened()
    let flush = rocksdb_flushoptions_create()
    defer { rocksdb_flushoptions_destroy(flush) }
    rocksdb_flushoptions_set_wait(flush, 1)
    var message: UnsafeMutablePointer<CChar>?
    rocksdb_flush(handle, flush, &message)
    if let failure = Self.failure(message) { throw failure }
  }

  /// Lends every entry from a key on and before another, in order, while the body returns true.
  ///
  /// - Parameter keeps: what is read is likely to be read again soon.
  func forEach(
    from start: [UInt8], before end: [UInt8], keeps: Bool,
    _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) throws(StoreFailure) -> Bool
  ) throws(StoreFailure) {
    let handle = try opened()
    // The library goes on looking at the bytes of the bound.
    let bound = UnsafeMutableBufferPointer<CChar>.allocate(capacity: end.count)
    _ = bound.initialize(from: end.lazy.map { CChar(bitPattern: $0) })
    let reading = rocksdb_readoptions_create()
    rocksdb_readoptions_set_verify_checksums(reading, 1)
    rocksdb_readoptions_set_fill_cache(reading, keeps ? 1 : 0)
    rocksdb_readoptions_set_iterate_upper_bound(reading, bound.baseAddress, bound.count)
    let iterator = rocksdb_create_iterator(handle, reading)
    defer {
      rocksdb_iter_destroy(iterator)
      rocksdb_readoptions_destroy(reading)
      bound.deallocate()
    }
    start.withUnsafeBytes {
      rocksdb_iter_seek(iterator, $0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count)
    }
    while rocksdb_iter_valid(iterator) != 0 {
      var (keyCount, valueCount) = (0, 0)
      let key = rocksdb_iter_key(iterator, &keyCount)
      let value = rocksdb_iter_value(iterator, &valueCount)
      guard
        try body(
          UnsafeRawBufferPointer(start: key, count: keyCount),
          UnsafeRawBufferPointer(start: value, count: valueCount))
      else { return }
      rocksdb_iter_next(iterator)
    }
    var message: UnsafeMutablePointer<CChar>?
    rocksdb_iter_get_error(iterator, &message)
    if let failure = Self.failure(message) { throw failure }
  }

  private func opened() throws(StoreFailure) -> OpaquePointer {
    guard let handle else { throw .unwritable("it could not be opened again") }
    return handle
  }

  private static func makeOptions(cacheBytes: Int) -> OpaquePointer? {
    let options = rocksdb_options_create()
    rocksdb_options_set_create_if_missing(options, 1)
    rocksdb_options_set_atomic_flush(options, 1)
    rocksdb_options_set_write_buffer_size(options, 64 << 20)
    // Most of what is looked for has not just been written.
    rocksdb_options_set_memtable_prefix_bloom_size_ratio(options, 0.02)
    rocksdb_options_set_memtable_whole_key_filtering(options, 1)
    rocksdb_options_set_compression(options, Int32(rocksdb_lz4_compression))
    rocksdb_options_set_max_open_files(options, 256)
    rocksdb_options_set_keep_log_file_num(options, 2)
    rocksdb_options_set_paranoid_checks(options, 1)
    rocksdb_options_set_info_log_level(options, 3)
    let tables = makeTableOptions(cacheBytes: cacheBytes)
    rocksdb_options_set_block_based_table_factory(options, tables)
    rocksdb_block_based_options_destroy(tables)
    return options
  }

  /// Filters tell for most keys that are not there that they are not. They and the indexes are in parts, so that few
  /// of them need to be in memory.
  private static func makeTableOptions(cacheBytes: Int) -> OpaquePointer? {
    let tables = rocksdb_block_based_options_create()
    // It takes the filter over, and shares the cache.
    rocksdb_block_based_options_set_filter_policy(
      tables, rocksdb_filterpolicy_create_bloom_full(10))
    let cache = rocksdb_cache_create_lru(cacheBytes)
    rocksdb_block_based_options_set_block_cache(tables, cache)
    rocksdb_cache_destroy(cache)
    rocksdb_block_based_options_set_index_type(
      tables, Int32(rocksdb_block_based_table_index_type_two_level_index_search))
    rocksdb_block_based_options_set_partition_filters(tables, 1)
    rocksdb_block_based_options_set_cache_index_and_filter_blocks(tables, 1)
    rocksdb_block_based_options_set_pin_l0_filter_and_index_blocks_in_cache(tables, 1)
    rocksdb_block_based_options_set_pin_top_level_index_and_filter(tables, 1)
    return tables
  }

  /// Takes the library's words over; nil: all went well.
  private static func failure(_ message: UnsafeMutablePointer<CChar>?) -> StoreFailure? {
    guard let message else { return nil }
    defer { rocksdb_free(message) }
    let text = String(cString: message)
    let isOfDisk =
      text.hasPrefix("IO error") && !text.contains("No such file")
      && !text.contains("While open a file for random read")
    return isOfDisk ? .unwritable(text) : .damaged(text)
  }
}
