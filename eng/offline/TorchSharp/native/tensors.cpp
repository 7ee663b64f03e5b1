// Tensors as memory: create, read, release; gradients; the autograd engine.
#include "common.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <torch/csrc/autograd/autograd.h>

#include <cstring>
#include <vector>

namespace {

std::vector<at::Tensor> borrow_all(void* const* handles, int32_t count) {
  std::vector<at::Tensor> tensors;
  tensors.reserve(count);
  for (int32_t i = 0; i < count; i++) tensors.push_back(hdge::borrow(handles[i]));
  return tensors;
}

}  // namespace

// A CPU tensor with a copy of the host's bytes (none are copied when data is null).
HDGE_EXPORT const char* hdge_from_memory(const void* data, int64_t bytes, int32_t scalar_type, const int64_t* sizes, int32_t dims, void** result) {
  return hdge::guarded([&] {
    auto tensor = at::empty(at::IntArrayRef(sizes, dims), at::TensorOptions(static_cast<at::ScalarType>(scalar_type)));
    const int64_t needed = tensor.numel() * static_cast<int64_t>(tensor.element_size());
    TORCH_CHECK(needed == bytes, "the shape needs ", needed, " bytes, but the data has ", bytes);
    if (data != nullptr && bytes > 0) std::memcpy(tensor.data_ptr(), data, bytes);
    *result = hdge::own(std::move(tensor));
  });
}

// A CPU tensor on the host's own memory; release(context) is called when libtorch no longer needs it.
HDGE_EXPORT const char* hdge_on_memory(void* data, int32_t scalar_type, const int64_t* sizes, int32_t dims, void (*release)(void*), void* context, void** result) {
  return hdge::guarded([&] {
    auto tensor = at::from_blob(data, at::IntArrayRef(sizes, dims), [=](void*) { release(context); },
                                at::TensorOptions(static_cast<at::ScalarType>(scalar_type)));
    *result = hdge::own(std::move(tensor));
  });
}

HDGE_EXPORT void hdge_release(void* handle) {
  if (handle != nullptr) hdge::TensorRef::reclaim(static_cast<c10::TensorImpl*>(handle));
}

// A second handle to the same tensor.
HDGE_EXPORT void* hdge_alias(void* handle) { return hdge::own(hdge::borrow(handle)); }

HDGE_EXPORT const char* hdge_info(void* handle, TensorInfo* info) {
  return hdge::guarded([&] {
    const at::Tensor t = hdge::borrow(handle);
    info->scalar_type = static_cast<int32_t>(t.scalar_type());
    info->device_type = static_cast<int32_t>(t.device().type());
    info->device_index = t.device().index();
    info->dims = t.dim();
    info->numel = t.numel();
    info->element_size = static_cast<int64_t>(t.element_size());
    const bool sparse = t.is_sparse();
    info->storage_offset = sparse ? 0 : t.storage_offset();
    info->flags = (!sparse && t.is_contiguous() ? 1 : 0) | (t.requires_grad() ? 2 : 0) | (t.is_leaf() ? 4 : 0) | (sparse ? 8 : 0);
  });
}

HDGE_EXPORT const char* hdge_sizes(void* handle, int64_t* sizes) {
  return hdge::guarded([&] {
    const at::Tensor t = hdge::borrow(handle);
    std::copy(t.sizes().begin(), t.sizes().end(), sizes);
  });
}

HDGE_EXPORT const char* hdge_strides(void* handle, int64_t* strides) {
  return hdge::guarded([&] {
    const at::Tensor t = hdge::borrow(handle);
    std::copy(t.strides().begin(), t.strides().end(), strides);
  });
}

HDGE_EXPORT const char* hdge_data(void* handle, void** data) {
  return hdge::guarded([&] { *data = hdge::borrow(handle).data_ptr(); });
}

HDGE_EXPORT const char* hdge_set_requires_grad(void* handle, int32_t value) {
  return hdge::guarded([&] { hdge::borrow(handle).set_requires_grad(value != 0); });
}

HDGE_EXPORT const char* hdge_retain_grad(void* handle) {
  return hdge::guarded([&] { hdge::borrow(handle).retain_grad(); });
}

HDGE_EXPORT const char* hdge_get_grad(void* handle, void** grad) {
  return hdge::guarded([&] { *grad = hdge::own(hdge::borrow(handle).grad()); });
}

HDGE_EXPORT const char* hdge_set_grad(void* handle, void* grad) {
  return hdge::guarded([&] { hdge::borrow(handle).mutable_grad() = hdge::borrow(grad); });
}

HDGE_EXPORT const char* hdge_backward(void* const* outputs, int32_t output_count, void* const* grads, int32_t grad_count,
                                      void* const* inputs, int32_t input_count, int32_t retain_graph, int32_t create_graph) {
  return hdge::guarded([&] {
    torch::autograd::backward(borrow_all(outputs, output_count), borrow_all(grads, grad_count), retain_graph != 0,
                              create_graph != 0, borrow_all(inputs, input_count));
  });
}

// results has room for input_count handles; an input that was not used leaves null there (when allowed).
HDGE_EXPORT const char* hdge_grad(void* const* outputs, int32_t output_count, void* const* inputs, int32_t input_count,
                                  void* const* grads, int32_t grad_count, int32_t retain_graph, int32_t create_graph,
                                  int32_t allow_unused, void** results) {
  return hdge::guarded([&] {
    auto found = torch::autograd::grad(borrow_all(outputs, output_count), borrow_all(inputs, input_count),
                                       borrow_all(grads, grad_count), retain_graph != 0, create_graph != 0, allow_unused != 0);
    for (size_t i = 0; i < found.size(); i++) results[i] = hdge::own(std::move(found[i]));
  });
}
