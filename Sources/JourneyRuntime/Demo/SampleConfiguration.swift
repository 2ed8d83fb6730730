package import Settings

/// The sample configuration of the bank, which the demo works by: the files of `config/`, built in.
package enum SampleConfiguration {
  package static func load() -> Settings {
    let files: [(String, [UInt8])] = [
      ("catalogue.yaml", PackageResources.catalogue_yaml),
      ("contact.yaml", PackageResources.contact_yaml),
      ("journeyd.yaml", PackageResources.journeyd_yaml),
      ("journeys.yaml", PackageResources.journeys_yaml),
      ("suggestions.yaml", PackageResources.suggestions_yaml),
    ]
    return Settings.load(files.map { YAMLReader.read($0.1, name: $0.0) }, for: .daemon)
  }
}
