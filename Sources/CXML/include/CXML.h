#ifndef CXML_H
#define CXML_H

#include <stddef.h>

/* A reader of XML that is pushed bytes (libxml2, SAX2). It loads nothing, expands no entity of a document's own, and
 * prints nothing. All texts are UTF-8; those without a length end with a zero byte. */
typedef struct cxml_reader cxml_reader;

/* An attribute; the value is not ended by a zero byte. `prefix` is NULL when there is none. */
typedef struct {
    const char *name;
    const char *prefix;
    const char *value;
    size_t count;
} cxml_attribute;

typedef struct {
    /* `space` is the namespace, NULL when there is none; the attributes are lent for the call. */
    void (*open)(void *context, const char *name, const char *space, const cxml_attribute *attributes, size_t count);
    void (*close)(void *context, const char *name);
    void (*text)(void *context, const char *text, size_t count);
    /* The document declares or uses an entity of its own. */
    void (*entity)(void *context);
} cxml_events;

/* NULL when there is no memory. */
cxml_reader *cxml_make(const cxml_events *events, void *context);

/* Takes the next bytes; 0 when the document is well-formed so far. With `is_end` nothing may be missing any more. */
int cxml_push(cxml_reader *reader, const void *bytes, size_t count, int is_end);

/* Where it is, from 1. */
int cxml_line(const cxml_reader *reader);
int cxml_column(const cxml_reader *reader);

void cxml_free(cxml_reader *reader);

#endif
