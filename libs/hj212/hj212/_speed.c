/* Optional accelerator of the quick path.  It answers "yes, and here it is" or "do it the careful way"; it never
 * decides that something is wrong.  Built only on request (HJ212_BUILD_SPEED=1, see setup.py); the test suite passes
 * with and without it.
 *
 *   Reader(packet type, slot names, combinations, extra, encoding, deviations, longest segment), see decoding.py
 *     .read(data: bytes, limit: int) -> Packet | None    what decoding._read_in_python does
 *   Plan(literals: tuple[bytes, ...], slots: tuple)    one CP layout, see layouts.py
 *     .values(segment, start, stop) -> tuple | None                  the values and a None, if the text has this layout
 *     .readings(segment, start, stop, type) -> list | None           readings as `type`, a plain tuple subclass
 *
 * CRC: the fold that crc.py derives, on 64-bit words.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <structmember.h>
#include <string.h>

#define MAX_VALUES 512

static uint16_t table[256];

static void fill_table(void) {
    for (int index = 0; index < 256; index++) {
        unsigned value = (unsigned)index;
        for (int bit = 0; bit < 8; bit++)
            value = value & 1 ? (value >> 1) ^ 0xA001u : value >> 1;
        table[index] = (uint16_t)value;
    }
}

/* CRC of `size` > 0 bytes; *ascii tells whether all are below 128. */
static uint16_t fold_crc(const unsigned char *data, Py_ssize_t size, int *ascii) {
    unsigned char lanes[8] = {0};
    uint64_t sum = 0, bits = 0, word;
    Py_ssize_t head = size & 7;
    memcpy(lanes + 8 - head, data, (size_t)head);
    memcpy(&sum, lanes, 8);
    bits = sum;
    for (const unsigned char *at = data + head, *end = data + size; at < end; at += 8) {
        memcpy(&word, at, 8);
        sum ^= word;
        bits |= word;
    }
    *ascii = (bits & 0x8080808080808080u) == 0;
    memcpy(lanes, &sum, 8);
    lanes[(8 - head) & 7] ^= 0xFF;
    unsigned state = 0;
    for (int lane = 0; lane < 7; lane++)
        state = table[state ^ lanes[lane]] >> 8;
    return table[state ^ lanes[7]];
}

/* Whether `data` is one whole frame: length and CRC right, segment of 1..limit ASCII bytes that ends with &&. */
static int whole_frame(const unsigned char *data, Py_ssize_t size, long limit) {
    static const char digits[] = "0123456789ABCDEF";
    if (size <= 1 || size > limit || size > 9999 || data[0] != '#' || data[1] != '#')
        return 0;
    Py_ssize_t left = size;
    for (int at = 5; at >= 2; at--, left /= 10)
        if (data[at] != '0' + left % 10)
            return 0;
    const unsigned char *tail = data + 6 + size;
    if (tail[-2] != '&' || tail[-1] != '&' || tail[4] != '\r' || tail[5] != '\n')
        return 0;
    int ascii;
    uint16_t crc = fold_crc(data + 6, size, &ascii);
    for (int at = 0; at < 4; at++)
        if (tail[at] != (unsigned char)digits[(crc >> (12 - 4 * at)) & 15])
            return 0;
    return ascii;
}

/* --- Header: segment.read_strict_header, field by field ------------------------------------------------------- */

typedef struct {
    const char *start;
    Py_ssize_t size;
} Piece; /* size 0: absent */

/* A string of `piece`, which is ASCII (single characters are shared, as everywhere in Python); None if absent. */
static PyObject *text(Piece piece) {
    if (piece.size == 0)
        return Py_NewRef(Py_None);
    if (piece.size == 1)
        return PyUnicode_FromOrdinal((unsigned char)piece.start[0]);
    PyObject *made = PyUnicode_New(piece.size, 127);
    if (made)
        memcpy(PyUnicode_1BYTE_DATA(made), piece.start, (size_t)piece.size);
    return made;
}

enum { DIGIT = 1, UPPER_HEX = 2, UPPER = 4, LETTER = 8, PW = DIGIT | LETTER, ST = DIGIT | UPPER };
static unsigned char kinds[256];

static void fill_kinds(void) {
    for (int at = '0'; at <= '9'; at++)
        kinds[at] = DIGIT | UPPER_HEX;
    for (int at = 'A'; at <= 'Z'; at++) {
        kinds[at] = (unsigned char)(UPPER | LETTER | (at <= 'F' ? UPPER_HEX : 0));
        kinds[at - 'A' + 'a'] = LETTER;
    }
}

static int skip(const char **at, const char *end, const char *literal) {
    size_t size = strlen(literal);
    if ((size_t)(end - *at) < size || memcmp(*at, literal, size) != 0)
        return 0;
    *at += size;
    return 1;
}

/* Read "name" least..most characters of `kind` ";" into `piece`. */
static int field(const char **at, const char *end, const char *name, int kind, int least, int most, Piece *piece) {
    const char *here = *at;
    if (!skip(&here, end, name))
        return 0;
    piece->start = here;
    while (here < end && here - piece->start < most && kinds[(unsigned char)*here] & kind)
        here++;
    piece->size = here - piece->start;
    if (piece->size >= least && here < end && *here == ';') {
        *at = here + 1;
        return 1;
    }
    piece->size = 0;
    return 0;
}

typedef struct {
    Piece qn, st, cn, pw, mn, flag, pnum, pno, rf;
} Fields;

/* Read the header up to the CP content; 0 if it does not have the strict form. Optional fields need no look back: what
 * begins like one and is not well formed fits nothing that may follow. */
static int read_fields(const char **at, const char *end, Fields *found) {
    field(at, end, "QN=", DIGIT, 17, 17, &found->qn);
    if (!field(at, end, "ST=", ST, 2, 2, &found->st) || !field(at, end, "CN=", DIGIT, 4, 4, &found->cn) ||
        !field(at, end, "PW=", PW, 6, 6, &found->pw))
        return 0;
    if (!field(at, end, "MN=", UPPER_HEX, 24, 24, &found->mn) && !field(at, end, "MN=", PW, 14, 14, &found->mn))
        return 0;
    field(at, end, "Flag=", DIGIT, 1, 3, &found->flag);
    if (field(at, end, "PNUM=", DIGIT, 1, 4, &found->pnum) && !field(at, end, "PNO=", DIGIT, 1, 4, &found->pno))
        return 0;
    if (field(at, end, "RF=", DIGIT, 1, 1, &found->rf) && found->rf.start[0] != '1')
        return 0;
    return skip(at, end, "CP=&&");
}

/* --- Reader: a frame straight into the slots of a Packet -------------------------------------------------------- */

/* The order in which Reader is given the slots' names (decoding.py). */
enum {
    S_QN, S_ST, S_CN, S_PW, S_MN, S_FLAG, S_PNUM, S_PNO, S_RF, S_EDITION, S_CP_FROM, S_CP_TO, S_FIELDS, S_EXTRA,
    S_DEVIATIONS, S_RAW, S_SEGMENT, S_ENCRYPTED, S_ENCODING, S_ITEMS, S_CP, SLOTS
};

#define FLAGS 13 /* no Flag, 0..11 */

typedef struct {
    PyObject *edition, *flag; /* edition NULL: this combination is no strict header */
    long cp_limit;
    int is_2025;
} Combination;

typedef struct {
    PyObject_HEAD
    PyTypeObject *packet;
    Py_ssize_t offset[SLOTS];
    Combination combination[FLAGS * 16];
    PyObject *extra, *encoding, *deviations; /* the last: none, CP too long, segment too long, both */
    long max_segment;
} Reader;

static void reader_dealloc(Reader *self) {
    for (int at = 0; at < FLAGS * 16; at++) {
        Py_XDECREF(self->combination[at].edition);
        Py_XDECREF(self->combination[at].flag);
    }
    Py_XDECREF(self->packet);
    Py_XDECREF(self->extra);
    Py_XDECREF(self->encoding);
    Py_XDECREF(self->deviations);
    Py_TYPE(self)->tp_free((PyObject *)self);
}

static int combination_index(Piece flag, int no_qn, int short_mn, int no_pnum, int no_rf) {
    int code;
    if (flag.size == 0)
        code = 0;
    else if (flag.size == 1)
        code = 1 + flag.start[0] - '0';
    else if (flag.size == 2 && flag.start[0] == '1' && (flag.start[1] == '0' || flag.start[1] == '1'))
        code = 11 + flag.start[1] - '0';
    else
        return -1;
    return code * 16 + (no_qn ? 8 : 0) + (short_mn ? 4 : 0) + (no_pnum ? 2 : 0) + (no_rf ? 1 : 0);
}

/* Find where the type keeps each slot; 0 with an exception set if one is not a plain object slot of just this type. */
static int find_slots(Reader *self, PyObject *names) {
    for (Py_ssize_t at = 0; at < SLOTS; at++) {
        PyObject *slot = PyObject_GetAttr((PyObject *)self->packet, PyTuple_GET_ITEM(names, at));
        if (!slot)
            return 0;
        int fits = Py_IS_TYPE(slot, &PyMemberDescr_Type) && ((PyMemberDescrObject *)slot)->d_common.d_type == self->packet &&
                   ((PyMemberDescrObject *)slot)->d_member->type == T_OBJECT_EX;
        if (fits)
            self->offset[at] = ((PyMemberDescrObject *)slot)->d_member->offset;
        Py_DECREF(slot);
        if (!fits) {
            PyErr_SetString(PyExc_TypeError, "a name is no slot of the packet type");
            return 0;
        }
    }
    return 1;
}

/* Take one row ((flag, no QN, short MN, no PNUM, no RF, is 2025), (edition, Flag number, CP limit)). */
static int add_combination(Reader *self, PyObject *row) {
    const char *flag_text;
    Py_ssize_t flag_size;
    int no_qn, short_mn, no_pnum, no_rf, is_2025;
    PyObject *edition, *flag;
    long cp_limit;
    if (!PyTuple_Check(row)) {
        PyErr_SetString(PyExc_TypeError, "combinations are tuples");
        return 0;
    }
    if (!PyArg_ParseTuple(row, "(z#ppppp)(OOl)", &flag_text, &flag_size, &no_qn, &short_mn, &no_pnum, &no_rf, &is_2025,
                          &edition, &flag, &cp_limit))
        return 0;
    int digits = flag_size < 4;
    for (Py_ssize_t at = 0; digits && at < flag_size; at++)
        digits = kinds[(unsigned char)flag_text[at]] & DIGIT;
    Piece piece = {flag_text, flag_text ? flag_size : 0};
    int index = digits ? combination_index(piece, no_qn, short_mn, no_pnum, no_rf) : -1;
    if (index < 0 || self->combination[index].edition) {
        PyErr_SetString(PyExc_ValueError, "a combination has an unknown Flag, or is there twice");
        return 0;
    }
    Combination made = {Py_NewRef(edition), Py_NewRef(flag), cp_limit, is_2025};
    self->combination[index] = made;
    return 1;
}

static PyObject *reader_new(PyTypeObject *type, PyObject *args, PyObject *named) {
    PyObject *packet, *names, *rows, *extra, *encoding, *deviations;
    long max_segment;
    if (named && PyDict_GET_SIZE(named)) {
        PyErr_SetString(PyExc_TypeError, "Reader takes no keyword arguments");
        return NULL;
    }
    if (!PyArg_ParseTuple(args, "O!O!O!OUO!l", &PyType_Type, &packet, &PyTuple_Type, &names, &PyTuple_Type, &rows, &extra,
                          &encoding, &PyTuple_Type, &deviations, &max_segment))
        return NULL;
    if (PyTuple_GET_SIZE(names) != SLOTS || PyTuple_GET_SIZE(deviations) != 4) {
        PyErr_SetString(PyExc_ValueError, "Reader wants 21 slot names and 4 sets of deviations");
        return NULL;
    }
    Reader *self = (Reader *)type->tp_alloc(type, 0);
    if (!self)
        return NULL;
    self->packet = (PyTypeObject *)Py_NewRef(packet);
    self->extra = Py_NewRef(extra);
    self->encoding = Py_NewRef(encoding);
    self->deviations = Py_NewRef(deviations);
    self->max_segment = max_segment;
    int fine = find_slots(self, names);
    for (Py_ssize_t at = 0; fine && at < PyTuple_GET_SIZE(rows); at++)
        fine = add_combination(self, PyTuple_GET_ITEM(rows, at));
    if (!fine)
        Py_CLEAR(self);
    return (PyObject *)self;
}

static long number(Piece digits) {
    long value = 0;
    for (Py_ssize_t at = 0; at < digits.size; at++)
        value = value * 10 + (digits.start[at] - '0');
    return value;
}

static PyObject *number_or_none(Piece digits) {
    return digits.size ? PyLong_FromLong(number(digits)) : Py_NewRef(Py_None);
}

/* The combination these fields are, or NULL if something in them departs from its edition. */
static const Combination *combination_of(const Reader *self, const Fields *found) {
    int index = combination_index(found->flag, !found->qn.size, found->mn.size == 14, !found->pnum.size, !found->rf.size);
    if (index < 0 || !self->combination[index].edition)
        return NULL;
    const Combination *row = &self->combination[index];
    if (row->is_2025 && (memcmp(found->st.start, "21", 2) == 0 || found->pnum.size > 1 || found->pno.size > 1))
        return NULL;
    if (found->pnum.size && (number(found->pno) < 1 || number(found->pno) > number(found->pnum)))
        return NULL;
    return row;
}

static PyObject *make_packet(const Reader *self, PyObject *raw, const Fields *found, const Combination *row,
                             Py_ssize_t cp_from) {
    Py_ssize_t size = PyBytes_GET_SIZE(raw) - 12;
    int named = (size - 2 - cp_from > row->cp_limit) | (size > self->max_segment) << 1;
    PyObject *packet = self->packet->tp_alloc(self->packet, 0);
    if (!packet)
        return NULL;
    PyObject *values[SLOTS] = {
        [S_QN] = text(found->qn), [S_ST] = text(found->st), [S_CN] = text(found->cn), [S_PW] = text(found->pw),
        [S_MN] = text(found->mn), [S_FLAG] = Py_NewRef(row->flag), [S_PNUM] = number_or_none(found->pnum),
        [S_PNO] = number_or_none(found->pno), [S_RF] = number_or_none(found->rf), [S_EDITION] = Py_NewRef(row->edition),
        [S_CP_FROM] = PyLong_FromSsize_t(cp_from), [S_CP_TO] = PyLong_FromSsize_t(size - 2),
        [S_FIELDS] = Py_NewRef(Py_None), [S_EXTRA] = Py_NewRef(self->extra),
        [S_DEVIATIONS] = Py_NewRef(PyTuple_GET_ITEM(self->deviations, named)), [S_RAW] = Py_NewRef(raw),
        [S_SEGMENT] = PyBytes_FromStringAndSize(PyBytes_AS_STRING(raw) + 6, size), [S_ENCRYPTED] = Py_NewRef(Py_False),
        [S_ENCODING] = Py_NewRef(self->encoding), [S_ITEMS] = Py_NewRef(Py_None), [S_CP] = Py_NewRef(Py_None),
    };
    int whole = 1;
    for (int at = 0; at < SLOTS; at++) { /* the packet owns them from here on, even if one could not be made */
        *(PyObject **)((char *)packet + self->offset[at]) = values[at];
        whole &= values[at] != NULL;
    }
    if (!whole)
        Py_CLEAR(packet);
    return packet;
}

static PyObject *reader_read(Reader *self, PyObject *const *args, Py_ssize_t count) {
    if (count != 2 || !PyBytes_CheckExact(args[0])) {
        PyErr_SetString(PyExc_TypeError, "read(data: bytes, limit: int)");
        return NULL;
    }
    long limit = PyLong_AsLong(args[1]);
    if (limit == -1 && PyErr_Occurred())
        return NULL;
    const char *data = PyBytes_AS_STRING(args[0]);
    Py_ssize_t size = PyBytes_GET_SIZE(args[0]) - 12;
    if (!whole_frame((const unsigned char *)data, size, limit))
        Py_RETURN_NONE;
    Fields found = {0};
    const char *at = data + 6;
    if (!read_fields(&at, at + size, &found) || data + 6 + size - 2 < at)
        Py_RETURN_NONE;
    const Combination *row = combination_of(self, &found);
    return row ? make_packet(self, args[0], &found, row, at - (data + 6)) : Py_NewRef(Py_None);
}

static PyMethodDef reader_methods[] = {
    {"read", (PyCFunction)(void (*)(void))reader_read, METH_FASTCALL, NULL},
    {NULL, NULL, 0, NULL},
};

static PyTypeObject reader_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "hj212._speed.Reader",
    .tp_basicsize = sizeof(Reader),
    .tp_dealloc = (destructor)reader_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_methods = reader_methods,
    .tp_new = reader_new,
};

/* --- Plan ------------------------------------------------------------------------------------------------------ */

typedef struct {
    PyObject *code, *attribute;
    int value, mark, eflag, sample_time;
} Slot;

typedef struct {
    PyObject_HEAD
    PyObject *literals;
    Py_ssize_t values, slots;
    Slot *slot;
} Plan;

static void plan_dealloc(Plan *self) {
    for (Py_ssize_t at = 0; at < self->slots; at++) {
        Py_XDECREF(self->slot[at].code);
        Py_XDECREF(self->slot[at].attribute);
    }
    PyMem_Free(self->slot);
    Py_XDECREF(self->literals);
    Py_TYPE(self)->tp_free((PyObject *)self);
}

static int valid_index(int index, Py_ssize_t values) { return index >= -1 && index < values; }

static PyObject *plan_new(PyTypeObject *type, PyObject *args, PyObject *named) {
    PyObject *literals, *slots;
    if (named && PyDict_GET_SIZE(named)) {
        PyErr_SetString(PyExc_TypeError, "Plan takes no keyword arguments");
        return NULL;
    }
    if (!PyArg_ParseTuple(args, "O!O!", &PyTuple_Type, &literals, &PyTuple_Type, &slots))
        return NULL;
    Py_ssize_t values = PyTuple_GET_SIZE(literals), count = PyTuple_GET_SIZE(slots);
    if (values < 1 || values > MAX_VALUES) {
        PyErr_SetString(PyExc_ValueError, "a plan has 1 to 512 values");
        return NULL;
    }
    for (Py_ssize_t at = 0; at < values; at++)
        if (!PyBytes_CheckExact(PyTuple_GET_ITEM(literals, at))) {
            PyErr_SetString(PyExc_TypeError, "literals are bytes");
            return NULL;
        }
    Plan *self = (Plan *)type->tp_alloc(type, 0);
    if (!self)
        return NULL;
    self->literals = Py_NewRef(literals);
    self->values = values;
    self->slot = PyMem_Calloc((size_t)(count ? count : 1), sizeof(Slot));
    if (!self->slot) {
        Py_DECREF(self);
        return PyErr_NoMemory();
    }
    for (Py_ssize_t at = 0; at < count; at++) {
        Slot *slot = &self->slot[at];
        PyObject *row = PyTuple_GET_ITEM(slots, at), *code, *attribute;
        if (!PyTuple_Check(row) || !PyArg_ParseTuple(row, "UUiiii", &code, &attribute, &slot->value, &slot->mark,
                                                     &slot->eflag, &slot->sample_time)) {
            if (!PyErr_Occurred())
                PyErr_SetString(PyExc_TypeError, "slots are tuples");
            Py_DECREF(self);
            return NULL;
        }
        slot->code = Py_NewRef(code);
        slot->attribute = Py_NewRef(attribute);
        self->slots = at + 1;
        if (slot->value < 0 || !valid_index(slot->value, values) || !valid_index(slot->mark, values) ||
            !valid_index(slot->eflag, values) || !valid_index(slot->sample_time, values)) {
            PyErr_SetString(PyExc_ValueError, "slot index out of range");
            Py_DECREF(self);
            return NULL;
        }
    }
    return (PyObject *)self;
}

/* Bytes that end a value or make the text unfit for a plan: separators, =, /, blanks, non-ASCII. */
static unsigned char ends[256];

static void fill_ends(void) {
    for (const char *at = ";,=/ \t\n\v\f\r"; *at; at++)
        ends[(unsigned char)*at] = 1;
    for (int value = 128; value < 256; value++)
        ends[value] = 1;
}

/* Cut the text into `pieces`; 0 if it does not have this layout. */
static int plan_cut(Plan *self, const char *at, const char *end, Piece *pieces) {
    for (Py_ssize_t number = 0; number < self->values; number++) {
        PyObject *literal = PyTuple_GET_ITEM(self->literals, number);
        Py_ssize_t size = PyBytes_GET_SIZE(literal);
        if (end - at < size || memcmp(at, PyBytes_AS_STRING(literal), (size_t)size) != 0)
            return 0;
        at += size;
        pieces[number].start = at;
        while (at < end && !ends[(unsigned char)*at])
            at++;
        pieces[number].size = at - pieces[number].start;
        if (!pieces[number].size)
            return 0;
    }
    return at == end;
}

/* Arguments (segment, start, stop[, type]) to the text they mean; 0 with an exception set if they are wrong. */
static int text_of(PyObject *const *args, Py_ssize_t count, Py_ssize_t wanted, const char **at, const char **end) {
    if (count != wanted || !PyBytes_CheckExact(args[0])) {
        PyErr_SetString(PyExc_TypeError, "expected segment: bytes, start: int, stop: int");
        return 0;
    }
    Py_ssize_t start = PyLong_AsSsize_t(args[1]), stop = PyLong_AsSsize_t(args[2]);
    if ((start == -1 || stop == -1) && PyErr_Occurred())
        return 0;
    if (start < 0 || stop < start || stop > PyBytes_GET_SIZE(args[0])) {
        PyErr_SetString(PyExc_ValueError, "start and stop lie outside the segment");
        return 0;
    }
    *at = PyBytes_AS_STRING(args[0]) + start;
    *end = PyBytes_AS_STRING(args[0]) + stop;
    return 1;
}

static PyObject *value(const Piece *pieces, int index) {
    return index < 0 ? Py_NewRef(Py_None) : text(pieces[index]);
}

static PyObject *plan_values(Plan *self, PyObject *const *args, Py_ssize_t count) {
    Piece pieces[MAX_VALUES];
    const char *at, *end;
    if (!text_of(args, count, 3, &at, &end))
        return NULL;
    if (!plan_cut(self, at, end, pieces))
        Py_RETURN_NONE;
    PyObject *found = PyTuple_New(self->values + 1);
    if (!found)
        return NULL;
    for (Py_ssize_t number = 0; number <= self->values; number++) {
        PyObject *item = value(pieces, number < self->values ? (int)number : -1);
        if (!item) {
            Py_DECREF(found);
            return NULL;
        }
        PyTuple_SET_ITEM(found, number, item);
    }
    return found;
}

static PyObject *plan_readings(Plan *self, PyObject *const *args, Py_ssize_t count) {
    Piece pieces[MAX_VALUES];
    const char *at, *end;
    if (!text_of(args, count, 4, &at, &end))
        return NULL;
    PyTypeObject *type = (PyTypeObject *)args[3];
    if (!PyType_Check(args[3]) || !PyType_IsSubtype(type, &PyTuple_Type) ||
        type->tp_itemsize != (Py_ssize_t)sizeof(PyObject *) || type->tp_basicsize != PyTuple_Type.tp_basicsize) {
        PyErr_SetString(PyExc_TypeError, "the type of a reading is a tuple subclass without attributes of its own");
        return NULL;
    }
    if (!plan_cut(self, at, end, pieces))
        Py_RETURN_NONE;
    PyObject *found = PyList_New(self->slots);
    if (!found)
        return NULL;
    for (Py_ssize_t number = 0; number < self->slots; number++) {
        const Slot *slot = &self->slot[number];
        PyObject *reading = type->tp_alloc(type, 6);
        if (!reading) {
            Py_DECREF(found);
            return NULL;
        }
        PyList_SET_ITEM(found, number, reading);
        PyTuple_SET_ITEM(reading, 0, Py_NewRef(slot->code));
        PyTuple_SET_ITEM(reading, 1, Py_NewRef(slot->attribute));
        PyTuple_SET_ITEM(reading, 2, value(pieces, slot->value));
        PyTuple_SET_ITEM(reading, 3, value(pieces, slot->mark));
        PyTuple_SET_ITEM(reading, 4, value(pieces, slot->eflag));
        PyTuple_SET_ITEM(reading, 5, value(pieces, slot->sample_time));
        if (PyErr_Occurred()) {
            Py_DECREF(found);
            return NULL;
        }
    }
    return found;
}

static PyMethodDef plan_methods[] = {
    {"values", (PyCFunction)(void (*)(void))plan_values, METH_FASTCALL, NULL},
    {"readings", (PyCFunction)(void (*)(void))plan_readings, METH_FASTCALL, NULL},
    {NULL, NULL, 0, NULL},
};

static PyTypeObject plan_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "hj212._speed.Plan",
    .tp_basicsize = sizeof(Plan),
    .tp_dealloc = (destructor)plan_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_methods = plan_methods,
    .tp_new = plan_new,
};

static PyMethodDef functions[] = {
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, .m_name = "hj212._speed", .m_size = -1, .m_methods = functions,
};

PyMODINIT_FUNC PyInit__speed(void) {
    fill_table();
    fill_ends();
    fill_kinds();
    if (PyType_Ready(&plan_type) < 0 || PyType_Ready(&reader_type) < 0)
        return NULL;
    PyObject *made = PyModule_Create(&module);
    if (made && (PyModule_AddObjectRef(made, "Plan", (PyObject *)&plan_type) < 0 ||
                 PyModule_AddObjectRef(made, "Reader", (PyObject *)&reader_type) < 0))
        Py_CLEAR(made);
    return made;
}
