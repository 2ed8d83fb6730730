/// Shells that completion is written for.
enum Shell: String, CaseIterable, Sendable {
  case bash, zsh, fish

  /// A script that completes commands, options and values, made from the table of commands.
  func script(_ commands: [Command]) -> String {
    switch self {
    case .bash: bashScript(commands)
    case .zsh: zshScript(commands)
    case .fish: fishScript(commands)
    }
  }
}

private func bashScript(_ commands: [Command]) -> String {
  var out = """
    # bash completion for journeyd
    _journeyd() {
      local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
      COMPREPLY=()
      if [ "$COMP_CWORD" -eq 1 ]; then
        COMPREPLY=($(compgen -W '\(commands.map(\.name).joined(separator: " ")) --help --version' -- "$word"))
        return
      fi
      case ${COMP_WORDS[1]} in

    """
  for command in commands {
    out += "    \(command.name))\n"
    let valued = command.options.filter { $0.value != nil }
    if !valued.isEmpty {
      out += "      case $before in\n"
      for option in valued {
        out += "        --\(option.name)) \(bashReply(option.completion)) return ;;\n"
      }
      out += "      esac\n"
    }
    let options = command.options.map { "--" + $0.name } + ["--help"]
    out += "      if [[ $word == -* ]]; then\n"
    out +=
      "        COMPREPLY=($(compgen -W '\(options.joined(separator: " "))' -- \"$word\")); return\n"
    out += "      fi\n"
    if let operands = command.operands { out += "      \(bashReply(operands.completion))\n" }
    out += "      ;;\n"
  }
  return out + "  esac\n}\ncomplete -F _journeyd journeyd\n"
}

private func bashReply(_ completion: Command.Completion) -> String {
  switch completion {
  case .nothing: ":;"
  case .files: "COMPREPLY=($(compgen -f -- \"$word\"));"
  case .folders: "COMPREPLY=($(compgen -d -- \"$word\"));"
  case .words(let words):
    "COMPREPLY=($(compgen -W '\(words.joined(separator: " "))' -- \"$word\"));"
  }
}

private func zshScript(_ commands: [Command]) -> String {
  var out = "#compdef journeyd\n\n_journeyd() {\n  local -a commands\n  commands=(\n"
  for command in commands { out += "    '\(command.name):\(zshText(command.summary))'\n" }
  out += "  )\n  if (( CURRENT == 2 )); then\n    _describe command commands\n    return\n  fi\n"
  out += "  local name=$words[2]\n  shift words\n  (( CURRENT-- ))\n  case $name in\n"
  for command in commands {
    out += "    \(command.name))\n      _arguments \\\n"
    for option in command.options {
      let start = (option.isRepeatable ? "*" : "") + "--" + option.name
      let value = option.value.map { ":\($0):\(zshAction(option.completion))" } ?? ""
      out += "        '\(start)[\(zshText(option.about))]\(value)' \\\n"
    }
    if let operands = command.operands {
      out += "        '*:\(zshText(operands.shown)):\(zshAction(operands.completion))' \\\n"
    }
    out += "        '--help[Shows help.]'\n      ;;\n"
  }
  return out + "  esac\n}\n\n_journeyd \"$@\"\n"
}

private func zshAction(_ completion: Command.Completion) -> String {
  switch completion {
  case .nothing: " "
  case .files: "_files"
  case .folders: "_files -/"
  case .words(let words): "(\(words.joined(separator: " ")))"
  }
}

/// Text inside single quotes and inside brackets or between colons.
private func zshText(_ text: String) -> String {
  text.reduce(into: "") { out, character in
    switch character {
    case "'": out += "'\\''"
    case "[", "]", ":": out += "\\\(character)"
    default: out.append(character)
    }
  }
}

private func fishScript(_ commands: [Command]) -> String {
  var out = "# fish completion for journeyd\ncomplete -c journeyd -f\n"
  for command in commands {
    out +=
      "complete -c journeyd -n __fish_use_subcommand -a \(command.name)"
      + " -d '\(fishText(command.summary))'\n"
  }
  for command in commands {
    let when = "complete -c journeyd -n '__fish_seen_subcommand_from \(command.name)'"
    for option in command.options {
      out +=
        "\(when) -l \(option.name) -d '\(fishText(option.about))'"
        + (option.value == nil ? "" : " -r" + fishAction(option.completion)) + "\n"
    }
    if let operands = command.operands, operands.completion != .nothing {
      out += when + fishAction(operands.completion) + "\n"
    }
  }
  return out
}

private func fishAction(_ completion: Command.Completion) -> String {
  switch completion {
  case .nothing: ""
  case .files: " -F"
  case .folders: " -a '(__fish_complete_directories)'"
  case .words(let words): " -a '\(words.joined(separator: " "))'"
  }
}

private func fishText(_ text: String) -> String {
  text.reduce(into: "") { $0 += $1 == "'" || $1 == "\\" ? "\\\($1)" : String($1) }
}
