// One benchmark per name.
switch CommandLine.arguments.dropFirst().first {
case "identity":
  var bench = IdentityBench()
  print("in order:", terminator: " ")
  bench.late = 0
  print(bench.run())
  print("5 % late:", terminator: " ")
  bench.late = 20
  print(bench.run())
  print("a hot cookie: \(bench.hot(type: 4))")
  print("a hot address: \(bench.hot(type: 1))")
default: print("journeyd-bench identity")
}
