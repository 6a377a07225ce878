/* Optional accelerator of the quick path.  It answers "yes, and here it is" or "do it the careful way"; it never
 * decides that something is wrong.  Built only on request (HJ212_BUILD_SPEED=1, see setup.py); the test suite passes
 * with and without it.
 *
 *   check_frame(data: bytes, limit: int) -> bool       frame, length and CRC of an ASCII data segment are right
 *   Plan(literals: tuple[bytes, ...], slots: tuple)    one CP layout, see layouts.py
 *     .values(segment, start, stop) -> tuple | None                  the values and a None, if the text has this layout
 *     .readings(segment, start, stop, type) -> list | None           readings as `type`, a plain tuple subclass
 *
 * CRC: the fold that crc.py derives, on 64-bit words.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
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

static PyObject *check_frame(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    static const char digits[] = "0123456789ABCDEF";
    if (count != 2 || !PyBytes_CheckExact(args[0])) {
        PyErr_SetString(PyExc_TypeError, "check_frame(data: bytes, limit: int)");
        return NULL;
    }
    long limit = PyLong_AsLong(args[1]);
    if (limit == -1 && PyErr_Occurred())
        return NULL;
    const unsigned char *data = (const unsigned char *)PyBytes_AS_STRING(args[0]);
    Py_ssize_t size = PyBytes_GET_SIZE(args[0]) - 12;
    if (size <= 0 || size > limit || size > 9999 || data[0] != '#' || data[1] != '#')
        Py_RETURN_FALSE;
    Py_ssize_t left = size;
    for (int at = 5; at >= 2; at--, left /= 10)
        if (data[at] != '0' + left % 10)
            Py_RETURN_FALSE;
    const unsigned char *tail = data + 6 + size;
    int ascii;
    uint16_t crc = fold_crc(data + 6, size, &ascii);
    if (!ascii || tail[4] != '\r' || tail[5] != '\n')
        Py_RETURN_FALSE;
    for (int at = 0; at < 4; at++)
        if (tail[at] != (unsigned char)digits[(crc >> (12 - 4 * at)) & 15])
            Py_RETURN_FALSE;
    Py_RETURN_TRUE;
}

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

typedef struct {
    const char *start;
    Py_ssize_t size;
} Piece;

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

static PyObject *text(const Piece *pieces, int index) {
    return index < 0 ? Py_NewRef(Py_None) : PyUnicode_DecodeASCII(pieces[index].start, pieces[index].size, NULL);
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
        PyObject *item = text(pieces, number < self->values ? (int)number : -1);
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
        PyTuple_SET_ITEM(reading, 2, text(pieces, slot->value));
        PyTuple_SET_ITEM(reading, 3, text(pieces, slot->mark));
        PyTuple_SET_ITEM(reading, 4, text(pieces, slot->eflag));
        PyTuple_SET_ITEM(reading, 5, text(pieces, slot->sample_time));
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
    {"check_frame", (PyCFunction)(void (*)(void))check_frame, METH_FASTCALL, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, .m_name = "hj212._speed", .m_size = -1, .m_methods = functions,
};

PyMODINIT_FUNC PyInit__speed(void) {
    fill_table();
    fill_ends();
    if (PyType_Ready(&plan_type) < 0)
        return NULL;
    PyObject *made = PyModule_Create(&module);
    if (made && PyModule_AddObjectRef(made, "Plan", (PyObject *)&plan_type) < 0)
        Py_CLEAR(made);
    return made;
}
