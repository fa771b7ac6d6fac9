import ArgumentParser
import Catalog
import Formats
import Foundation
import PackageCommands
import Programs
import Reports
import Templates

/// Which categories are examined: told by options, or asked on a terminal, each question beside what a yes costs.
struct ScopingAssistant {
    private let questions: [CategoryQuestion]
    private let template: Template
    private let role: OrganizationRole
    /// Nil when nobody has said.
    private let categories: Set<Category>?

    init(_ list: TemplateList, template: String, role: String, categories: String?) throws {
        questions = list.questions
        self.template = try Self.named(template, "template", in: list.templates, plus: ["starter"], \.name)
        self.role = try Self.named(role, "role", in: list.roles, \.name)
        self.categories = try categories.map { text in
            guard text != "none" else { return [] }
            return Set(
                try text.split(separator: ",").map { word in
                    let known = Category.allCases.map(\.rawValue)
                    guard let category = Category(rawValue: String(word)) else {
                        throw ValidationError(Self.unknown(String(word), "category", among: known + ["none"]))
                    }
                    return category
                })
        }
    }

    func scope() -> TemplateScope {
        let defaults = Set(questions.filter(\.isDefault).map(\.category))
        let scope = TemplateScope(
            template: template, role: role, categories: categories ?? defaults, questions: questions)
        guard categories == nil, Questions.canAsk else { return scope }
        return questions.reduce(scope, Self.ask)
    }

    private static func ask(_ scope: TemplateScope, _ question: CategoryQuestion) -> TemplateScope {
        let isWanted = Questions.yes(
            "\(question.category): \(question.ask)", "yes adds \(words(scope.cost(of: question.category)))",
            default: question.isDefault)
        return isWanted ? scope.with(question.category) : scope.without(question.category)
    }

    /// The scope as a table: each category, what speaks for it and what it costs.
    static func table(_ scope: TemplateScope) -> [String] {
        var table = Columns(["category", "in scope", "adds", "ask yourself"], whole: [0, 1, 2])
        table.add(["Security", "always", "", "the base of every examination"])
        for question in scope.questions {
            let isIn = scope.categories.contains(question.category)
            let ask = question.ask.wrapped(indent: 0, width: 33)
            table.add([
                question.category.description, isIn ? "yes" : "no", words(scope.cost(of: question.category)),
                ask[0],
            ])
            for line in ask.dropFirst() { table.add(["", "", "", line]) }
        }
        return table.lines + [""]
    }

    /// `2 controls, 5 tests, 3 criteria`
    private static func words(_ extent: TemplateScope.Extent) -> String {
        func count(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
        let criteria = "\(extent.criteria) \(extent.criteria == 1 ? "criterion" : "criteria")"
        return [count(extent.controls, "control"), count(extent.tests, "test"), criteria]
            .joined(separator: ", ")
    }

    private static func named<Element>(
        _ name: String, _ noun: String, in all: [Element], plus others: [String] = [],
        _ path: KeyPath<Element, String>
    ) throws -> Element {
        if let found = all.first(where: { $0[keyPath: path] == name }) { return found }
        throw ValidationError(unknown(name, noun, among: all.map { $0[keyPath: path] } + others))
    }

    private static func unknown(_ word: String, _ noun: String, among known: [String]) -> String {
        let advice = Spelling.advice(for: word, among: known)
        let remedy = advice.isEmpty ? "choose one of \(known.joined(separator: ", "))" : advice
        return "there is no \(noun) \"\(word)\"; \(remedy)"
    }
}
