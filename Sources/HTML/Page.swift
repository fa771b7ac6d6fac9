/// A page in one file: style inside, nothing loaded, nothing run.
///
/// A content security policy says so to the browser too: even markup that should not be there could load nothing.
package struct Page: Sendable {
    private let language: String
    private let title: String
    private let style: StaticString
    private let notes: [(name: String, content: String)]
    private let body: Markup

    /// - Parameters:
    ///   - language: a BCP 47 tag.
    ///   - style: a style sheet that is part of the program; text that comes from elsewhere cannot be one.
    ///   - notes: what programs read in the head, by name.
    package init(
        language: String = "en", title: String, style: StaticString,
        notes: [(name: String, content: String)] = [], @MarkupBuilder body: () -> Markup
    ) {
        self.language = language
        self.title = title
        self.style = style
        self.notes = notes
        self.body = body()
    }

    private var metas: String {
        notes.map {
            "\n<meta name=\"\(Escaping.text($0.name))\" content=\"\(Escaping.text($0.content))\">"
        }.joined()
    }

    /// The file's text, in UTF-8.
    package var source: String {
        """
        <!doctype html>
        <html lang="\(Escaping.text(language))">
        <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="referrer" content="no-referrer">\(metas)
        <title>\(Escaping.text(title))</title>
        <style>\(style)</style>
        </head>
        <body>\(body.source)</body>
        </html>

        """
    }
}
