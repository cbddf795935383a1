;;;; Dear ImGui, whose interface is C++, drawn without a window into imgui.png.
;;;;
;;;;     sbcl --script imgui.lisp    or    ecl --shell imgui.lisp
;;;;
;;;; The pixels are made by software_rasterizer.cpp, the same file that the C++ example uses.

(require :asdf)
(asdf:load-system "nlib")

(defpackage #:imgui-example (:use #:common-lisp))
(in-package #:imgui-example)

(defparameter *rasterizer*
  (merge-pathnames "../../examples/imgui-png/software_rasterizer.cpp"
                   (asdf:system-source-directory "nlib")))

(nlib:define-library imgui :name "imgui")
(nlib:define-functions imgui :prefixes ("ImGui::"))

(nlib:define-library images
  :source (list *rasterizer*
                '(:language "c++" :name "images.cpp"
                  :code "
#include \"software_rasterizer.h\"
extern \"C\" {
Image *image_new(int width, int height) { return new Image(width, height); }
unsigned char *image_pixels(Image *image) { return image->rgba.data(); }
void image_draw(Image *image, const ImDrawData *data) { draw(*data, *image); }
void image_free(Image *image) { delete image; }
}
"))
  :name "images" :with '("imgui") :flags '("-std=c++17")
  :include-dirs (list (make-pathname :name nil :type nil :defaults *rasterizer*)))
(nlib:define-functions images)

(nlib:define-library png :name "stb_image_write")

(defun pixels (image size)
  "The bytes of IMAGE, as an array of C's."
  (nlib:cast (images:image-pixels image) `(:array :uint8 ,size)))

(defun font-atlas (fonts)
  "The glyphs as an image that shapes are drawn from."
  (nlib:with-foreign ((pixels '(:pointer :unsigned-char)) (width :int) (height :int))
    (imgui:im-font-atlas-get-tex-data-as-rgba32 fonts pixels width height)
    (let* ((image (images:image-new (nlib:value width) (nlib:value height)))
           (size (* 4 (nlib:value width) (nlib:value height))))
      (setf (nlib:value (pixels image size))
            (nlib:to-lisp (nlib:cast (nlib:value pixels) `(:array :uint8 ,size))))
      image)))

(defun draw-frame (frame)
  (imgui:new-frame)
  (imgui:set-next-window-pos '(:x 20 :y 20))
  (imgui:set-next-window-size '(:x 440 :y 200))
  (imgui:begin "Drawn from Lisp")
  (imgui:text "%s has drawn frame %d" "Common Lisp" frame)
  (imgui:text-colored '(:x 1 :y 0.8 :z 0.2 :w 1) "Grüße")
  (imgui:button "A button")
  (imgui:same-line)
  (imgui:button "A wide one" '(:x 200 :y 0))
  (imgui:end)
  (imgui:render))

(imgui:create-context)
(let* ((io (imgui:get-io))
       (fonts (nlib:slot io :fonts))
       (atlas (font-atlas fonts)))
  (setf (nlib:slot io :ini-filename) nil ; nothing is remembered from run to run
        (nlib:slot io :display-size) '(:x 480 :y 240)
        (nlib:slot io :delta-time) (/ 1.0 60)
        (nlib:slot io :backend-flags) imgui:+im-gui-backend-flags-renderer-has-vtx-offset+)
  (imgui:im-font-atlas-set-tex-id fonts atlas)
  (dotimes (frame 3)
    (draw-frame frame))
  (let* ((data (imgui:get-draw-data))
         (width (round (nlib:slot data :display-size :x)))
         (height (round (nlib:slot data :display-size :y)))
         (picture (images:image-new width height))
         (background (loop repeat (* width height) append '(38 50 56 255))))
    (setf (nlib:value (pixels picture (length background))) background)
    (images:image-draw picture data)
    (assert (plusp (nlib:call 'png "stbi_write_png" "imgui.png" width height 4
                              (images:image-pixels picture) (* 4 width))))
    (format t "Dear ImGui ~a: ~d triangles in ~d draw list~:p~%" (imgui:get-version)
            (floor (nlib:slot data :total-idx-count) 3) (nlib:slot data :cmd-lists-count))
    (images:image-free picture))
  (images:image-free atlas))
(imgui:destroy-context)
