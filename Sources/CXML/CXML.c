#include "CXML.h"

#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <stdlib.h>
#include <string.h>

struct cxml_reader {
    xmlParserCtxtPtr parser;
    cxml_events events;
    void *context;
    /* Lent to `open`; grows with the element that has most. */
    cxml_attribute *attributes;
    size_t room;
};

static void open_element(void *user, const xmlChar *name, const xmlChar *prefix, const xmlChar *space, int space_count,
                         const xmlChar **spaces, int count, int default_count, const xmlChar **attributes) {
    cxml_reader *reader = user;
    (void)prefix, (void)space_count, (void)spaces, (void)default_count;
    if ((size_t)count > reader->room) {
        cxml_attribute *more = realloc(reader->attributes, (size_t)count * sizeof *more);
        if (more == NULL) {
            xmlStopParser(reader->parser);
            return;
        }
        reader->attributes = more;
        reader->room = (size_t)count;
    }
    /* Five pointers each: name, prefix, namespace, beginning and end of the value. */
    for (int at = 0; at < count; at++, attributes += 5) {
        reader->attributes[at] = (cxml_attribute){
            (const char *)attributes[0], (const char *)attributes[1], (const char *)attributes[3],
            (size_t)(attributes[4] - attributes[3])};
    }
    reader->events.open(reader->context, (const char *)name, (const char *)space, reader->attributes, (size_t)count);
}

static void close_element(void *user, const xmlChar *name, const xmlChar *prefix, const xmlChar *space) {
    cxml_reader *reader = user;
    (void)prefix, (void)space;
    reader->events.close(reader->context, (const char *)name);
}

static void text(void *user, const xmlChar *text, int count) {
    cxml_reader *reader = user;
    if (count > 0) reader->events.text(reader->context, (const char *)text, (size_t)count);
}

static void entity_declared(void *user, const xmlChar *name, int type, const xmlChar *public_id,
                            const xmlChar *system_id, xmlChar *content) {
    cxml_reader *reader = user;
    (void)name, (void)type, (void)public_id, (void)system_id, (void)content;
    reader->events.entity(reader->context);
}

static void unparsed_entity_declared(void *user, const xmlChar *name, const xmlChar *public_id,
                                     const xmlChar *system_id, const xmlChar *notation) {
    (void)notation;
    entity_declared(user, name, 0, public_id, system_id, NULL);
}

static void entity_used(void *user, const xmlChar *name) {
    entity_declared(user, name, 0, NULL, NULL, NULL);
}

/* Without a function of ours, libxml2 prints. */
static void silent(void *user, const xmlError *error) { (void)user, (void)error; }

cxml_reader *cxml_make(const cxml_events *events, void *context) {
    cxml_reader *reader = calloc(1, sizeof *reader);
    xmlSAXHandler handler;
    if (reader == NULL) return NULL;
    memset(&handler, 0, sizeof handler);
    handler.initialized = XML_SAX2_MAGIC;
    handler.startElementNs = open_element;
    handler.endElementNs = close_element;
    handler.characters = text;
    handler.ignorableWhitespace = text;
    handler.cdataBlock = text;
    handler.entityDecl = entity_declared;
    handler.unparsedEntityDecl = unparsed_entity_declared;
    handler.reference = entity_used;
    /* Older versions of libxml2 do not promise the error to be constant. */
    handler.serror = (xmlStructuredErrorFunc)silent;
    reader->events = *events;
    reader->context = context;
    reader->parser = xmlCreatePushParserCtxt(&handler, reader, NULL, 0, NULL);
    if (reader->parser == NULL) {
        free(reader);
        return NULL;
    }
    /* Whoever pushes has brought the text to UTF-8, whatever its declaration still says. */
    xmlCtxtUseOptions(reader->parser, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_IGNORE_ENC);
    return reader;
}

int cxml_push(cxml_reader *reader, const void *bytes, size_t count, int is_end) {
    return xmlParseChunk(reader->parser, bytes, (int)count, is_end) == 0 && reader->parser->wellFormed ? 0 : 1;
}

int cxml_line(const cxml_reader *reader) { return xmlSAX2GetLineNumber(reader->parser); }
int cxml_column(const cxml_reader *reader) { return xmlSAX2GetColumnNumber(reader->parser); }

void cxml_free(cxml_reader *reader) {
    if (reader == NULL) return;
    if (reader->parser->myDoc != NULL) xmlFreeDoc(reader->parser->myDoc);
    xmlFreeParserCtxt(reader->parser);
    free(reader->attributes);
    free(reader);
}
