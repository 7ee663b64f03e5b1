// Any ATen operator by name, through the dispatcher's boxed convention.
#include "common.h"

#include <ATen/core/Generator.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/ivalue.h>
#include <ATen/core/jit_type.h>

#include <memory>
#include <vector>

namespace {

using c10::IValue;
using c10::TypeKind;

enum class Kind { Tensor, Int, Double, Bool, Scalar, String, Device, Generator, Other };

struct Parameter {
  std::string name;
  std::string type;
  Kind kind;
  bool optional = false;
  bool list = false;
  bool optional_elements = false;
  bool has_default = false;
  IValue fallback;
};

struct Operator {
  c10::OperatorHandle handle;
  std::string name;
  std::vector<Parameter> parameters;
};

Kind kind_of(TypeKind kind) {
  switch (kind) {
    case TypeKind::TensorType: return Kind::Tensor;
    case TypeKind::IntType:
    case TypeKind::SymIntType:
    case TypeKind::ScalarTypeType:
    case TypeKind::LayoutType:
    case TypeKind::MemoryFormatType: return Kind::Int;
    case TypeKind::FloatType:
    case TypeKind::SymFloatType: return Kind::Double;
    case TypeKind::BoolType: return Kind::Bool;
    case TypeKind::NumberType: return Kind::Scalar;
    case TypeKind::StringType: return Kind::String;
    case TypeKind::DeviceObjType: return Kind::Device;
    case TypeKind::GeneratorType: return Kind::Generator;
    default: return Kind::Other;
  }
}

Parameter describe(const c10::Argument& argument) {
  Parameter p;
  p.name = argument.name();
  p.type = argument.type()->str();
  c10::TypePtr type = argument.type();
  if (type->kind() == TypeKind::OptionalType) {
    p.optional = true;
    type = type->containedType(0);
  }
  if (type->kind() == TypeKind::ListType) {
    p.list = true;
    type = type->containedType(0);
    if (type->kind() == TypeKind::OptionalType) {
      p.optional_elements = true;
      type = type->containedType(0);
    }
  }
  p.kind = kind_of(type->kind());
  if (argument.default_value()) {
    p.has_default = true;
    p.fallback = *argument.default_value();
  }
  return p;
}

const char* tag_name(Tag tag) {
  static const char* const names[] = {"default", "None", "Tensor", "int", "float", "bool", "int[]", "float[]",
                                      "Tensor[]", "str", "Device", "Generator"};
  const auto i = static_cast<size_t>(tag);
  return i < sizeof(names) / sizeof(names[0]) ? names[i] : "unknown";
}

[[noreturn]] void refuse(const Operator& op, const Parameter& p, const std::string& found) {
  TORCH_CHECK(false, op.name, "() expected argument '", p.name, "' of type ", p.type, ", but got ", found);
}

IValue to_list(const Operator& op, const Parameter& p, const Value& v) {
  if (p.kind == Kind::Int && v.tag == Tag::IntList) {
    c10::List<int64_t> list;
    list.reserve(v.count);
    for (int32_t i = 0; i < v.count; i++) list.push_back(static_cast<const int64_t*>(v.p)[i]);
    return list;
  }
  if (p.kind == Kind::Int && v.tag == Tag::Int) return c10::List<int64_t>({v.i});
  if (p.kind == Kind::Double && v.tag == Tag::DoubleList) {
    c10::List<double> list;
    list.reserve(v.count);
    for (int32_t i = 0; i < v.count; i++) list.push_back(static_cast<const double*>(v.p)[i]);
    return list;
  }
  if (p.kind == Kind::Tensor && v.tag == Tag::TensorList) {
    // Built untyped, because the optional element's C++ type changed its name between libtorch versions.
    c10::TypePtr element = c10::TensorType::get();
    if (p.optional_elements) element = c10::OptionalType::create(element);
    c10::impl::GenericList list(element);
    list.reserve(v.count);
    for (int32_t i = 0; i < v.count; i++) {
      void* handle = static_cast<void* const*>(v.p)[i];
      if (handle != nullptr) list.push_back(IValue(hdge::borrow(handle)));
      else if (p.optional_elements) list.push_back(IValue());
      else refuse(op, p, "None inside the list");
    }
    return IValue(list);
  }
  refuse(op, p, tag_name(v.tag));
}

IValue to_ivalue(const Operator& op, const Parameter& p, const Value& v) {
  if (v.tag == Tag::Default) {
    if (!p.has_default) refuse(op, p, "nothing (it has no default)");
    return p.fallback;
  }
  if (v.tag == Tag::None) {
    if (!p.optional) refuse(op, p, "None");
    return IValue();
  }
  if (p.list) return to_list(op, p, v);
  switch (p.kind) {
    case Kind::Tensor:
      if (v.tag == Tag::Tensor && v.p != nullptr) return hdge::borrow(v.p);
      break;
    case Kind::Int:
      if (v.tag == Tag::Int) return v.i;
      break;
    case Kind::Double:
      if (v.tag == Tag::Double) return v.d;
      if (v.tag == Tag::Int) return static_cast<double>(v.i);
      break;
    case Kind::Bool:
      if (v.tag == Tag::Bool) return v.i != 0;
      break;
    case Kind::Scalar:
      if (v.tag == Tag::Int) return v.i;
      if (v.tag == Tag::Double) return v.d;
      if (v.tag == Tag::Bool) return v.i != 0;
      break;
    case Kind::String:
      if (v.tag == Tag::String) return std::string(static_cast<const char*>(v.p), v.count);
      break;
    case Kind::Device:
      if (v.tag == Tag::Device)
        return c10::Device(static_cast<c10::DeviceType>(v.i & 0xff), static_cast<c10::DeviceIndex>(v.i >> 32));
      break;
    case Kind::Generator:
      if (v.tag == Tag::Generator && v.p != nullptr) return *static_cast<at::Generator*>(v.p);
      break;
    case Kind::Other:
      break;
  }
  refuse(op, p, tag_name(v.tag));
}

std::vector<IValue> run(void* handle, const Value* args, int32_t count) {
  const Operator& op = *static_cast<Operator*>(handle);
  const auto expected = op.parameters.size();
  TORCH_CHECK(static_cast<size_t>(count) <= expected, op.name, "() takes ", expected, " arguments, but got ", count);
  std::vector<IValue> stack;
  stack.reserve(expected);
  for (int32_t i = 0; i < count; i++) stack.push_back(to_ivalue(op, op.parameters[i], args[i]));
  for (size_t i = count; i < expected; i++) stack.push_back(to_ivalue(op, op.parameters[i], Value{Tag::Default, 0, {0}}));
  op.handle.callBoxed(&stack);
  return stack;
}

void append(std::vector<Value>& out, IValue&& value) {
  Value v{Tag::None, 0, {0}};
  if (value.isTensor()) {
    v.tag = Tag::Tensor;
    v.p = hdge::own(std::move(value).toTensor());
  } else if (value.isInt()) {
    v.tag = Tag::Int;
    v.i = value.toInt();
  } else if (value.isDouble()) {
    v.tag = Tag::Double;
    v.d = value.toDouble();
  } else if (value.isBool()) {
    v.tag = Tag::Bool;
    v.i = value.toBool();
  } else if (value.isTensorList()) {
    for (at::Tensor t : value.toTensorVector()) append(out, IValue(std::move(t)));
    return;
  }
  out.push_back(v);
}

}  // namespace

// Finds an operator, for example ("aten::add", "Tensor"). The handle is never released: operators are few.
HDGE_EXPORT const char* hdge_resolve(const char* name, const char* overload, void** result) {
  return hdge::guarded([&] {
    auto found = c10::Dispatcher::singleton().findSchema({name, overload});
    TORCH_CHECK(found.has_value(), "libtorch has no operator ", name, *overload ? "." : "", overload);
    auto op = std::make_unique<Operator>(Operator{*found, name, {}});
    const std::string space = "aten::";
    if (op->name.compare(0, space.size(), space) == 0) op->name.erase(0, space.size());
    for (const auto& argument : found->schema().arguments()) op->parameters.push_back(describe(argument));
    *result = op.release();
  });
}

// Calls an operator whose first result is a tensor; further results are dropped.
HDGE_EXPORT const char* hdge_call(void* op, const Value* args, int32_t count, void** result) {
  return hdge::guarded([&] {
    auto stack = run(op, args, count);
    *result = hdge::own(std::move(stack.at(0)).toTensor());
  });
}

// Calls an in-place operator: nothing comes back.
HDGE_EXPORT const char* hdge_call_void(void* op, const Value* args, int32_t count) {
  return hdge::guarded([&] { run(op, args, count); });
}

// Calls an operator with any results; lists of tensors are spread. The array lives until this thread's next such call.
HDGE_EXPORT const char* hdge_call_many(void* op, const Value* args, int32_t count, const Value** results, int32_t* result_count) {
  return hdge::guarded([&] {
    thread_local std::vector<Value> out;
    auto stack = run(op, args, count);
    out.clear();
    for (auto& value : stack) append(out, std::move(value));
    *results = out.data();
    *result_count = static_cast<int32_t>(out.size());
  });
}
