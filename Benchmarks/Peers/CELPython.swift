import Formats

/// cel-python in a child process, on the same expressions and records; it times itself, without its start.
enum CELPython {
    /// Seconds per evaluation of each expression; nil when it is not installed.
    static func seconds(_ predicates: [Predicate], records: [JSON], scratch: String) throws -> [Double]? {
        let task = JSON.object([
            ("expressions", .array(predicates.map { .string($0.source) })),
            ("hits", .array(predicates.map { .integer(Int64($0.hits(records))) })),
            ("records", .array(records)),
        ])
        let found = try ChildProgram.output(
            ["python3", "-c", script], input: try CanonicalJSON.encode(task), scratch: scratch)
        guard let found else { return nil }
        let times = found.split(separator: "\n").compactMap { Double($0) }
        try expect(times.count, is: predicates.count, "expressions that cel-python agrees on (\(found))")
        return times
    }

    private static let script = """
        import json, sys, time
        try:
            import celpy
            import celpy.celtypes as types
        except ImportError:
            sys.exit(3)
        task = json.load(sys.stdin)
        environment = celpy.Environment()
        rows = []
        for record in task["records"]:
            row = celpy.json_to_cel(record)
            for name in ("opened", "merged"):
                row[types.StringType(name)] = types.TimestampType(record[name])
            rows.append({"r": row})
        for source, hits in zip(task["expressions"], task["hits"]):
            program = environment.program(environment.compile(source))
            start = time.perf_counter()
            found = sum(1 for row in rows if program.evaluate(row))
            taken = time.perf_counter() - start
            print(taken / len(rows) if found == hits else f"{source}: {found}, not {hits}")
        """
}
