;;;; Text as UTF-8 and back.

(in-package #:nlib)

(deftype octets () '(simple-array (unsigned-byte 8) (*)))

(defun encode-text (text)
  "The octets of TEXT and a zero after them."
  (declare (string text))
  (let ((octets (make-array (1+ (loop for character across text sum (octet-count character)))
                            :element-type '(unsigned-byte 8) :initial-element 0))
        (position 0))
    (declare (fixnum position))
    (flet ((put (octet)
             (setf (aref octets position) octet)
             (incf position)))
      (loop for character across text
            for code = (char-code character)
            for count = (octet-count character)
            do (if (= count 1)
                   (put code)
                   (loop for shift downfrom (* 6 (1- count)) to 0 by 6
                         for lead = (ecase count (2 #xC0) (3 #xE0) (4 #xF0)) then #x80
                         do (put (logior lead (ldb (byte (if (= lead #x80) 6 (- 7 count)) shift)
                                                   code)))))))
    octets))

(defun octet-count (character)
  (let ((code (char-code character)))
    (cond ((< code #x80) 1) ((< code #x800) 2) ((< code #x10000) 3) (t 4))))

(defun decode-text (octets &optional (end (length octets)))
  "The text that OCTETS hold before END. What is no UTF-8 becomes U+FFFD."
  (declare (type octets octets) (fixnum end))
  (with-output-to-string (out)
    (let ((position 0))
      (declare (fixnum position))
      (loop while (< position end)
            do (multiple-value-bind (code count) (decode-character octets position end)
                 (write-char (code-char code) out)
                 (incf position count))))))

(defun decode-character (octets position end)
  "The code of the character at POSITION, and how many octets it takes."
  (let* ((lead (aref octets position))
         (count (cond ((< lead #x80) 1) ((< lead #xC2) 0) ((< lead #xE0) 2) ((< lead #xF0) 3)
                      ((< lead #xF5) 4) (t 0)))
         (code (case count (1 lead) (2 (ldb (byte 5 0) lead)) (3 (ldb (byte 4 0) lead))
                 (4 (ldb (byte 3 0) lead)) (t 0))))
    (when (or (= count 0) (> (+ position count) end))
      (return-from decode-character (values #xFFFD 1)))
    (loop for i from (1+ position) below (+ position count)
          for octet = (aref octets i)
          do (unless (= (ldb (byte 2 6) octet) 2)
               (return-from decode-character (values #xFFFD 1)))
             (setf code (logior (ash code 6) (ldb (byte 6 0) octet))))
    (if (or (< code (case count (3 #x800) (4 #x10000) (t 0))) (<= #xD800 code #xDFFF)
            (> code #x10FFFF))
        (values #xFFFD 1)
        (values code count))))
