// The C interface between the managed stand-in and libtorch.
//
// Every function that can fail returns null on success, otherwise libtorch's message (no backtrace). The text lives
// until the calling thread's next failure. A tensor handle owns one reference to a TensorImpl; null means "undefined".
#pragma once

#include <cstdint>

#define HDGE_EXPORT extern "C" __attribute__((visibility("default")))

// What an argument or a result holds. The managed enum ValueTag has the same numbers.
enum class Tag : int32_t {
  Default = 0,      // argument: take the schema's default
  None = 1,
  Tensor = 2,       // p: tensor handle
  Int = 3,          // i: also scalar types, layouts, memory formats
  Double = 4,       // d
  Bool = 5,         // i: 0 or 1
  IntList = 6,      // p: int64_t[count]
  DoubleList = 7,   // p: double[count]
  TensorList = 8,   // p: tensor handle[count]; a null entry is "no tensor" where the operator allows it
  String = 9,       // p: char[count]
  Device = 10,      // i: type in the low 32 bits, index in the high ones
  Generator = 11,   // p: generator handle
};

struct Value {
  Tag tag;
  int32_t count;
  union {
    int64_t i;
    double d;
    void* p;
  };
};

// What the managed side asks about a tensor, in one call.
struct TensorInfo {
  int32_t scalar_type;
  int32_t device_type;
  int32_t device_index;
  int32_t flags;  // 1 contiguous, 2 requires_grad, 4 leaf, 8 sparse
  int64_t dims;
  int64_t numel;
  int64_t element_size;
  int64_t storage_offset;
};
